import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { git } from "./git/run-git.ts"
import { mara, startSample, writeFiles } from "./sample.ts"

const sample = await startSample()
const { forge, dir } = sample
afterAll(() => sample[Symbol.asyncDispose]())

const withToken = (token: string) => forge.url.replace("http://", `http://x-access-token:${token}@`)
const who = ["-c", "user.name=Mara Lindt", "-c", "user.email=mara@acme.example"]
const fails = (work: Promise<unknown>, message: RegExp) => expect(work).rejects.toThrow(message)

describe("git over HTTP", () => {
  test("anybody clones a public repository", async () => {
    await git(dir, ["clone", "--quiet", `${forge.url}/acme/sums.git`, "public"])
    expect(readFileSync(join(dir, "public/sum.txt"), "utf8")).toBe("2 + 2 = 4\n")
  })

  test.each(["0", "2"])("protocol version %s", async (version) => {
    await git(dir, ["-c", `protocol.version=${version}`, "clone", "--quiet", "--depth=1", `${forge.url}/acme/sums.git`, `v${version}`])
    expect(existsSync(join(dir, `v${version}/README.md`))).toBe(true)
  })

  test("a private repository needs credentials, as password or as bearer", async () => {
    await fails(git(dir, ["clone", "--quiet", `${forge.url}/acme/secret-sums.git`, "no"]), /could not read Username/u)
    await fails(git(dir, ["clone", "--quiet", `${withToken("nonsense")}/acme/secret-sums.git`, "no"]), /Authentication failed|401/u)
    await git(dir, ["clone", "--quiet", `${withToken(forge.token)}/acme/secret-sums.git`, "with-password"])
    const bearer = ["-c", `http.extraHeader=Authorization: Bearer ${forge.token}`]
    await git(dir, [...bearer, "clone", "--quiet", `${forge.url}/acme/secret-sums.git`, "with-bearer"])
    expect(existsSync(join(dir, "with-bearer/sum.txt"))).toBe(true)
  })

  test("a person sees the private repositories they were let into, and pushes where they may write", async () => {
    await forge.addToken({ token: "ghp_priya", login: "priya-raman" })
    const priya = { login: "priya-raman", name: "Priya Raman", email: "priya@acme.example" }
    const url = `${withToken("ghp_priya")}/acme/secret-sums.git`
    await fails(git(dir, ["clone", "--quiet", url, "priya"]), /not found/u)
    await forge.addPerson({ repository: "acme/secret-sums", developer: priya, permission: "read", association: "COLLABORATOR" })
    await git(dir, ["clone", "--quiet", url, "priya"])
    await fails(git(join(dir, "priya"), ["push", "--quiet", "origin", "main:mine"]), /403/u)
    await forge.addPerson({ repository: "acme/secret-sums", developer: priya, permission: "write", association: "MEMBER" })
    await git(join(dir, "priya"), ["push", "--quiet", "origin", "main:mine"])
    expect(await forge.branches({ repository: "acme/secret-sums" })).toHaveProperty("mine")
  })

  test("there is nothing at other addresses", async () => {
    await fails(git(dir, ["clone", "--quiet", `${withToken(forge.token)}/acme/none.git`, "none"]), /not found/u)
    expect((await fetch(`${forge.url}/acme/sums.git/info/refs`)).status).toBe(403)
  })

  test("a large push and a fetch that negotiates arrive whole", async () => {
    await git(dir, ["clone", "--quiet", `${withToken(forge.token)}/acme/sums.git`, "large"])
    const large = join(dir, "large")
    const noise = Array.from({ length: 60_000 }, (_, index) => `${index} ${Bun.hash(String(index))}`).join("\n")
    for (let commit = 0; commit < 60; commit += 1) {
      writeFileSync(join(large, "noise.txt"), `${commit}\n${commit % 20 === 0 ? noise : ""}`)
      await git(large, ["add", "."])
      await git(large, [...who, "commit", "--quiet", "-m", `Noise ${commit}`])
    }
    await git(large, ["push", "--quiet", "origin", "HEAD:noise"])
    const tip = (await git(large, ["rev-parse", "HEAD"])).trim()
    expect((await forge.branches({ repository: "acme/sums" }))["noise"]).toBe(tip)
    await git(join(dir, "public"), ["fetch", "--quiet", "origin", "noise"])
    expect((await git(join(dir, "public"), ["rev-parse", "FETCH_HEAD"])).trim()).toBe(tip)
  })
})

test("a push moves the pull request of its branch, and closes it when it deletes the branch", async () => {
  await git(dir, ["clone", "--quiet", `${withToken(forge.token)}/acme/sums.git`, "pushed"])
  const clone = join(dir, "pushed")
  const commit = async (text: string) => {
    writeFiles(clone, { "sum.txt": text })
    await git(clone, [...who, "commit", "--quiet", "--all", "-m", text])
    await git(clone, ["push", "--quiet", "origin", "HEAD:pushed"])
    return (await git(clone, ["rev-parse", "HEAD"])).trim()
  }
  const pull = async () => (await forge.pullRequests()).find((one) => one.headRef === "pushed")
  await commit("1 + 1 = 2\n")
  const body = JSON.stringify({ title: "Pushed", head: "pushed", base: "main" })
  await fetch(`${forge.apiUrl}/repos/acme/sums/pulls`, { method: "POST", body, headers: { authorization: `Bearer ${forge.token}` } })
  const tip = await commit("1 + 2 = 3\n")
  expect(await pull()).toMatchObject({ headSha: tip, state: "open" })
  expect(await git(clone, ["ls-remote", "origin", `refs/pull/${(await pull())?.number}/head`])).toContain(tip)
  await git(clone, ["push", "--quiet", "origin", ":pushed"])
  expect(await pull()).toMatchObject({ headSha: tip, state: "closed", mergedAt: null })
})

test("a compressed request body is understood", async () => {
  const body = Bun.gzipSync("0014command=ls-refs\n0000")
  const headers = { "content-encoding": "gzip", "git-protocol": "version=2", "content-type": "application/x-git-upload-pack-request" }
  const answer = await fetch(`${forge.url}/acme/sums.git/git-upload-pack`, { method: "POST", headers, body })
  expect(await answer.text()).toContain("refs/heads/main")
})

describe("any local repository", () => {
  test("is copied with all branches and tags, and not touched", async () => {
    const own = join(dir, "own")
    await git(dir, ["init", "--quiet", "--initial-branch=trunk", own])
    writeFiles(own, { "a.txt": "a\n" })
    await git(own, ["add", "."])
    await git(own, [...who, "commit", "--quiet", "-m", "First"])
    await git(own, ["branch", "feature/x"])
    await git(own, ["tag", "v1"])
    for (const ref of ["refs/stash", "refs/remotes/origin/x", "refs/pull/7/head"]) await git(own, ["update-ref", ref, "HEAD"])
    writeFiles(own, { "a.txt": "not committed\n" })
    const before = await git(own, ["for-each-ref"])
    const row = await forge.createRepository({ owner: "mara", name: "own", from: own })
    expect(row.defaultBranch).toBe("trunk")
    expect(Object.keys(await forge.branches({ repository: "mara/own" }))).toEqual(["feature/x", "trunk"])
    const copied = await git(forge.repositoryPath("mara/own"), ["for-each-ref", "--format=%(refname)"])
    expect(copied.trim().split("\n")).toEqual(["refs/heads/feature/x", "refs/heads/trunk", "refs/tags/v1"])
    await forge.push({ repository: "mara/own", branch: "trunk", files: { "a.txt": "b\n" }, message: "Second", by: mara })
    expect(await git(own, ["for-each-ref"])).toBe(before)
    expect(readFileSync(join(own, "a.txt"), "utf8")).toBe("not committed\n")
    expect(existsSync(join(own, ".git", "config")) && !readFileSync(join(own, ".git", "config"), "utf8").includes("forge")).toBe(true)
  })

  test("can be bare, and a name is taken only once", async () => {
    await git(dir, ["clone", "--quiet", "--bare", join(dir, "own"), "bare.git"])
    await forge.createRepository({ owner: "mara", name: "bare", from: join(dir, "bare.git") })
    expect((await git(forge.repositoryPath("mara/bare"), ["log", "--format=%s", "trunk"])).trim()).toBe("First")
    await git(join(dir, "own"), ["checkout", "--quiet", "--detach"])
    await git(join(dir, "own"), [...who, "commit", "--quiet", "--allow-empty", "-m", "On no branch"])
    const sha = (await git(join(dir, "own"), ["rev-parse", "HEAD"])).trim()
    await forge.createRepository({ owner: "mara", name: "detached", from: join(dir, "own") })
    await forge.setBranch({ repository: "mara/detached", branch: "found", sha })
    expect(await forge.branches({ repository: "mara/detached" })).toMatchObject({ found: sha })
    await fails(forge.createRepository({ owner: "mara", name: "Bare", from: join(dir, "bare.git") }), /already/u)
    await fails(forge.createRepository({ owner: "..", name: "x", from: join(dir, "bare.git") }), /not a repository name/u)
  })

  test("a folder becomes one commit with a fixed id, without what its .gitignore names", async () => {
    writeFiles(join(dir, "folder"), { "run.sh": "echo\n" })
    chmodSync(join(dir, "folder", "run.sh"), 0o755)
    writeFiles(join(dir, "folder"), { ".gitignore": "out/\n", "a.txt": "a\n", "out/b.txt": "b\n", "node_modules/x/index.js": "x\n" })
    const first = { owner: "mara", from: join(dir, "folder"), by: mara, at: "2026-01-01T00:00:00Z", message: "Begin" }
    await forge.createRepository({ ...first, name: "one" })
    await forge.createRepository({ ...first, name: "two" })
    const [one, two] = await Promise.all(["mara/one", "mara/two"].map((repository) => forge.branches({ repository })))
    expect(one).toEqual(two)
    const files = await git(forge.repositoryPath("mara/one"), ["ls-tree", "-r", "--name-only", "main"])
    expect(files.trim().split("\n")).toEqual([".gitignore", "a.txt", "run.sh"])
    await forge.push({
      repository: "mara/one",
      branch: "main",
      files: { "run.sh": "echo hello\n", "a.txt": null },
      message: "Greet",
      by: mara,
    })
    const now = await git(forge.repositoryPath("mara/one"), ["ls-tree", "-r", "--format=%(objectmode) %(path)", "main"])
    expect(now.trim().split("\n")).toEqual(["100644 .gitignore", "100755 run.sh"])
  })
})
