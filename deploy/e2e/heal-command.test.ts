import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { breakLine, makeRepository, publishedPackage, run } from "./local-repository.ts"

const script = resolve(import.meta.dirname, "../heal.ts")
const made: Array<string> = []
afterAll(() => made.map((folder) => rmSync(folder, { recursive: true, force: true })))

const kept = async (folder: Promise<string>) => {
  made.push(await folder)
  return folder
}

const heal = async (...args: ReadonlyArray<string>) => {
  const env = { ...Bun.env, CI_HEALING_SANDBOX: "bubblewrap" }
  const child = Bun.spawn(["bun", script, ...args], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" })
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  return { code, out, err }
}

const project = (test: string) => ({
  "package.json": JSON.stringify({ name: "tiny", scripts: { test: "node --test" } }),
  "sum.test.js": `require("node:test")("adds up", () => { ${test} })\n`,
})

/** Concurrent, as most of the time is spent waiting for sandboxes to end. */
describe.concurrent("healing a package that was never seen before", () => {
  it("undoes one character and keeps all that was committed with it, on a branch that is green in a fresh clone", async () => {
    const folder = await kept(publishedPackage("semver-compare@1.0.0"))
    await breakLine(folder, "index.js", "if (na > nb) return 1", "if (na < nb) return 1")
    const head = await run(folder, "git", "rev-parse", "HEAD")
    const { code, out, err } = await heal(folder, "--apply")
    expect({ code, err }).toMatchObject({ code: 0 })
    expect(out).toContain("+        if (na > nb) return 1")
    expect(out).toMatch(/before +1 .* npm test\n +after +0 .* npm test/u)

    expect(await run(folder, "git", "status", "--porcelain")).toBe("")
    expect(await run(folder, "git", "rev-parse", "HEAD")).toBe(head)
    const branches = (await run(folder, "git", "branch", "--format=%(refname:short)")).split("\n").filter((name) => name !== "main")
    expect(branches).toHaveLength(1)
    const clone = await kept(Promise.resolve(mkdtempSync(join(tmpdir(), "clone-"))))
    await run(clone, "git", "clone", "--quiet", "--branch", branches[0] ?? "", folder, ".")
    expect(await run(clone, "git", "diff", "--stat", "HEAD", head)).toContain("1 file changed, 1 insertion(+), 1 deletion(-)")
    expect(readFileSync(join(clone, "index.js"), "utf8")).toContain("// Nothing follows.")
    await run(clone, "npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund")
    await run(clone, "npm", "test")
  })

  it("runs the command that it is told, from the commit that is said to be good, and writes nothing unless asked to", async () => {
    const folder = await kept(publishedPackage("tinycolor2@1.6.0"))
    await breakLine(folder, "cjs/tinycolor.js", "(rgb.r * 299 + rgb.g * 587", "(rgb.r * 298 + rgb.g * 587")
    const good = await run(folder, "git", "rev-parse", "HEAD~1")
    const { code, out, err } = await heal(folder, "--command", "node cjs/test.js", "--good", good)
    expect({ code, err }).toMatchObject({ code: 0 })
    expect(out).toContain("+      return (rgb.r * 299 + rgb.g * 587")
    expect(out).toContain("node cjs/test.js")
    expect(await run(folder, "git", "branch", "--format=%(refname:short)")).toBe("main")
  })
})

describe.concurrent("what cannot be healed", () => {
  const red = () => kept(makeRepository(project("throw new Error('no sum')")))

  it("is said at once when it is unusable", async () => {
    const folder = await red()
    const unborn = await kept(Promise.resolve(mkdtempSync(join(tmpdir(), "unborn-"))))
    await run(unborn, "git", "init", "--quiet")
    for (const [args, says] of [
      [[], /usage: /u],
      [[folder, "--fast"], /--fast[\s\S]*usage: /u],
      [[tmpdir()], /is not a git repository/u],
      [[folder, "--commit", "v9"], /--commit: there is no commit "v9"/u],
      [[folder, "--good", "v1"], /--good: there is no commit "v1"/u],
      [[folder, "--good", "main"], /--good: main is the commit that is to be healed/u],
      [[unborn], /has no commit yet/u],
    ] as const) {
      const { code, out, err } = await heal(...args)
      expect({ code, out }).toEqual({ code: 2, out: "" })
      expect(err).toMatch(says)
    }
  })

  it("is unusable when nothing fails, or nothing says how it is run", async () => {
    const [green, silent] = await Promise.all([kept(makeRepository(project(""))), kept(makeRepository({ "readme.md": "Hello.\n" }))])
    const [nothing, nobody] = await Promise.all([heal(green), heal(silent)])
    expect(nothing).toMatchObject({ code: 2, err: expect.stringContaining("nothing fails at") })
    expect(nobody).toMatchObject({ code: 2, err: expect.stringContaining("Nothing says how this project is tested") })
  })

  it("is left to a person, with the evidence, when no commit was ever green", async () => {
    const shallow = await kept(Promise.resolve(mkdtempSync(join(tmpdir(), "shallow-"))))
    const folder = await red()
    await run(folder, "git", "commit", "--quiet", "--allow-empty", "--message", "Rebuild")
    await run(shallow, "git", "clone", "--quiet", "--depth", "1", `file://${folder}`, ".")
    const { code, out, err } = await heal(shallow)
    expect(code).toBe(3)
    expect(out).toContain("No green commit was found")
    expect(out).toContain("no sum")
    expect(err).toContain("git fetch --unshallow")
  })
})
