import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { sandboxUser as user } from "../sandbox/nothing-runs-fixture.ts"
import { Workspace } from "./Workspace.ts"
import { openWorkspace, type WorkspaceWorld } from "./workspace-fixture.ts"

let world: WorkspaceWorld
beforeEach(() => {
  world = openWorkspace()
})
afterEach(() => world.remove())

describe.each(process.getuid?.() === 0 ? (["overlay", "copy"] as const) : (["copy"] as const))(
  "a workspace whose views are %s",
  (views) => {
    const settings = { CI_HEALING_WORKSPACE_VIEWS: views }

    it("gives each try its own files of the commit, owned by the sandbox's user", async () => {
      const commit = world.repository.commit({ "a.txt": "one\n", "bin/run": "#!/bin/sh\n", here: { link: "a.txt" } })
      const seen = await world.within(
        Effect.gen(function* () {
          const workspace = yield* Workspace
          const [one, other] = [yield* workspace.view(world.repository.at(commit)), yield* workspace.view(world.repository.at(commit))]
          writeFileSync(join(one.root, "a.txt"), "changed\n")
          return {
            other: readFileSync(join(other.root, "a.txt"), "utf8"),
            owner: statSync(join(other.root, "bin/run")).uid,
            top: statSync(other.root).uid,
            executable: (statSync(join(other.root, "bin/run")).mode & 0o111) !== 0,
            link: readlinkSync(join(other.root, "here")),
            treeSha: other.treeSha,
          }
        }),
        settings,
      )
      const treeSha = world.repository.git("rev-parse", `${commit}^{tree}`)
      expect(seen).toEqual({ other: "one\n", owner: user.uid, top: user.uid, executable: true, link: "a.txt", treeSha })
    })

    it("applies changes and names the tree that git would make of them", async () => {
      const commit = world.repository.commit({ "a.txt": "one\n", "gone/b.txt": "two\n", "run.sh": "#!/bin/sh\n" })
      const text = (content: string) => new TextEncoder().encode(content)
      const changes = [
        { path: "a.txt", content: text("uno\n") },
        { path: "gone/b.txt", content: null },
        { path: "new/deep/c.txt", content: text("drei\n") },
        { path: "run.sh", content: text("#!/bin/sh\ntrue\n") },
      ]
      const seen = await world.within(
        Effect.gen(function* () {
          const { root, treeSha } = yield* Workspace.use((workspace) => workspace.view(world.repository.at(commit), { changes }))
          return {
            treeSha,
            a: readFileSync(join(root, "a.txt"), "utf8"),
            c: readFileSync(join(root, "new/deep/c.txt"), "utf8"),
            owner: statSync(join(root, "new/deep")).uid,
            gone: existsSync(join(root, "gone/b.txt")),
            executable: (statSync(join(root, "run.sh")).mode & 0o111) !== 0,
          }
        }),
        settings,
      )
      const after = world.repository.commit({
        "a.txt": "uno\n",
        "gone/b.txt": null,
        "new/deep/c.txt": "drei\n",
        "run.sh": "#!/bin/sh\ntrue\n",
      })
      const treeSha = world.repository.git("rev-parse", `${after}^{tree}`)
      expect(seen).toEqual({ treeSha, a: "uno\n", c: "drei\n", owner: user.uid, gone: false, executable: true })
    })

    it.each([
      ["below a symbolic link", "etc/passwd"],
      ["outside", "../escaped"],
      ["in git's own directory", ".git/config"],
      ["at an absolute path", "/tmp/escaped"],
    ])("refuses a change %s", async (_, path) => {
      const outside = join(world.directory, "outside")
      mkdirSync(outside)
      writeFileSync(join(outside, "passwd"), "untouched\n")
      const commit = world.repository.commit({ "a.txt": "one\n", etc: { link: outside } })
      const changes = [{ path, content: new TextEncoder().encode("escaped\n") }]
      const work = Effect.flip(Workspace.use((workspace) => workspace.view(world.repository.at(commit), { changes })))
      expect(await world.within(work, settings)).toMatchObject({ _tag: "CommitUnusable" })
      expect(readFileSync(join(outside, "passwd"), "utf8")).toBe("untouched\n")
    })

    it("never takes new content for the target of the symbolic link that it replaces", async () => {
      const commit = world.repository.commit({ "a.txt": "one\n", link: { link: "a.txt" } })
      const changes = [{ path: "link", content: new TextEncoder().encode("/etc/passwd") }]
      const seen = await world.within(
        Effect.map(
          Workspace.use((workspace) => workspace.view(world.repository.at(commit), { changes })),
          ({ root }) => [
            lstatSync(join(root, "link")).isFile(),
            readFileSync(join(root, "link"), "utf8"),
            readFileSync(join(root, "a.txt"), "utf8"),
          ],
        ),
        settings,
      )
      expect(seen).toEqual([true, "/etc/passwd", "one\n"])
    })

    it("leaves no view and no mount behind when the scope closes", async () => {
      const commit = world.repository.commit({ "a.txt": "one\n" })
      const root = await world.within(
        Effect.gen(function* () {
          const workspace = yield* Workspace
          const { root } = yield* Effect.scoped(
            Effect.tap(workspace.view(world.repository.at(commit)), ({ root }) =>
              Effect.sync(() => {
                mkdirSync(join(root, "locked"), { mode: 0o000 })
              }),
            ),
          )
          yield* Effect.promise(() => expect.poll(() => existsSync(root)).toBe(false))
          return root
        }),
        settings,
      )
      expect(world.mounts()).toEqual([])
      await expect.poll(() => readdirSync(join(root, "../.."))).toEqual([])
    })
  },
)

describe("a workspace", () => {
  it("reads, searches, lists and compares from git's objects alone", async () => {
    const good = world.repository.commit(
      { "src/a.js": "export const a = 1\n", "weird\nname": "x\n", secret: { link: "/etc/passwd" } },
      "good",
    )
    const bad = world.repository.commit({ "src/a.js": "export const a = 2\n" }, "bad")
    const seen = await world.within(
      Effect.gen(function* () {
        const workspace = yield* Workspace
        const source = world.repository.at(bad)
        return {
          paths: (yield* workspace.entries(source)).map(({ path }) => path),
          read: [...(yield* workspace.read(source, ["src/a.js", "secret", "absent"]))].map(([path, text]) => [path, text.toString()]),
          tooLong: (yield* workspace.read(source, ["src/a.js"], 5)).size,
          hits: yield* workspace.search(source, "a = 2", 10),
          none: yield* workspace.search(source, "a = 1", 10),
          ancestors: yield* workspace.ancestors(source, 20),
          diff: yield* workspace.diff(source, good, bad),
        }
      }),
    )
    expect(seen).toMatchObject({
      paths: ["secret", "src/a.js", "weird\nname"],
      read: [["src/a.js", "export const a = 2\n"]],
      tooLong: 0,
      hits: [{ path: "src/a.js", line: 1, text: "export const a = 2" }],
      none: [],
      ancestors: [good],
    })
    expect(seen.diff).toContain("-export const a = 1\n+export const a = 2\n")
  })

  it("tells a commit that is not there from a mirror that is away", async () => {
    const commit = world.repository.commit({ "a.txt": "one\n" })
    const absent = "0123456789012345678901234567890123456789"
    const prepare = (sha: string, name = world.repository.name) =>
      Effect.flip(Workspace.use((workspace) => workspace.prepare({ ...world.repository.at(sha), repository: name })))
    expect(await world.within(prepare(commit), { CI_HEALING_MIRROR_URL: "http://127.0.0.1:9/git" })).toMatchObject({
      _tag: "WorkspaceUnavailable",
    })
    expect(await world.within(prepare(absent))).toMatchObject({ _tag: "CommitUnusable" })
    expect(await world.within(prepare(commit, "acme/nothing"))).toMatchObject({ _tag: "CommitUnusable" })
  })

  it("runs no hook, filter or submodule of the repository and reads no configuration of this machine", async () => {
    const marker = join(world.directory, "ran")
    const commit = world.repository.commit({
      ".gitattributes": "*.txt filter=evil diff=evil\n",
      ".gitmodules": `[submodule "evil"]\n\tpath = evil\n\turl = ext::sh -c 'touch ${marker}'\n`,
      ".gitconfig": `[filter "evil"]\n\tsmudge = touch ${marker}\n`,
      "a.txt": "one\n",
    })
    await world.within(Workspace.use((workspace) => workspace.view(world.repository.at(commit))))
    expect(existsSync(marker)).toBe(false)
  })
})
