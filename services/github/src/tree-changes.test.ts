import { Effect, Layer } from "effect"
import { describe, expect, it } from "vitest"
import { patchOf } from "./delivery.suite.ts"
import { GitHub, type TreeEntry } from "./GitHub.ts"
import { treeChanges } from "./tree-changes.ts"

const entry = (path: string, mode: string, sha: string): TreeEntry => ({
  path,
  mode,
  type: mode === "040000" ? "tree" : mode === "160000" ? "commit" : "blob",
  sha,
})
const trees: Readonly<Record<string, ReadonlyArray<TreeEntry>>> = {
  root: [
    entry("src", "040000", "src"),
    entry("run.sh", "100755", "run"),
    entry("link", "120000", "run"),
    entry("sub", "160000", "x"),
    entry("latin", "100644", "latin"),
    entry("bom", "100644", "bom"),
  ],
  src: [entry("deep", "040000", "deep"), entry("a.ts", "100644", "a")],
  deep: [entry("b.ts", "100644", "b")],
}
const blobs: Readonly<Record<string, Uint8Array>> = {
  run: Buffer.from("echo one\n"),
  a: Buffer.from("a\n"),
  b: Buffer.from("b\r\nlast"),
  latin: new Uint8Array([0xe9, 0x0a]),
  bom: Buffer.from("\uFEFFx\ny\n"),
}

const changesOf = async (diff: string) => {
  const asked: Array<string> = []
  const github = Layer.mock(GitHub, {
    tree: (_repository, sha) => Effect.sync(() => asked.push(`tree ${sha}`)).pipe(Effect.as(trees[sha] ?? [])),
    blob: (_repository, sha) => Effect.sync(() => asked.push(`blob ${sha}`)).pipe(Effect.as(blobs[sha] ?? new Uint8Array())),
  })
  const outcome = await Effect.runPromise(Effect.result(treeChanges("acme/shop", "root", patchOf(diff))).pipe(Effect.provide(github)))
  return { asked, outcome: outcome._tag === "Success" ? outcome.success : outcome.failure }
}
const lines = (...text: ReadonlyArray<string>) => `${text.join("\n")}\n`
const edit = (path: string, from: string, to: string) =>
  lines(`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`, "@@ -1 +1 @@", `-${from}`, `+${to}`)

describe("a patch on GitHub's tree", () => {
  it("changes a file and keeps its mode, reading nothing but it and its folders", async () => {
    expect(await changesOf(edit("run.sh", "echo one", "echo two"))).toEqual({
      asked: ["tree root", "blob run"],
      outcome: [{ path: "run.sh", mode: "100755", content: "echo two\n" }],
    })
  })

  it("adds, removes and renames, and reads each folder once", async () => {
    const diff =
      lines(
        "diff --git a/src/deep/new.sh b/src/deep/new.sh",
        "new file mode 100755",
        "--- /dev/null",
        "+++ b/src/deep/new.sh",
        "@@ -0,0 +1 @@",
        "+hello",
      ) +
      lines("diff --git a/src/a.ts b/src/a.ts", "deleted file mode 100644", "--- a/src/a.ts", "+++ /dev/null", "@@ -1 +0,0 @@", "-a") +
      lines("diff --git a/src/deep/b.ts b/src/c.ts", "similarity index 100%", "rename from src/deep/b.ts", "rename to src/c.ts")
    const { asked, outcome } = await changesOf(diff)
    expect(asked.filter((one) => one.startsWith("tree"))).toEqual(["tree root", "tree src", "tree deep"])
    expect(outcome).toEqual([
      { path: "src/deep/new.sh", mode: "100755", content: "hello\n" },
      { path: "src/a.ts", mode: "100644", sha: null },
      { path: "src/deep/b.ts", mode: "100644", sha: null },
      { path: "src/c.ts", mode: "100644", content: "b\r\nlast" },
    ])
  })

  it("keeps a byte order mark", async () => {
    const diff = lines("diff --git a/bom b/bom", "--- a/bom", "+++ b/bom", "@@ -1,2 +1,2 @@", " \uFEFFx", "-y", "+z")
    expect((await changesOf(diff)).outcome).toEqual([{ path: "bom", mode: "100644", content: "\uFEFFx\nz\n" }])
  })

  it.each([
    ["a symbolic link", "link", "no plain file"],
    ["a submodule", "sub", "no plain file"],
    ["a file that is not UTF-8", "latin", "not UTF-8"],
    ["a file that is not there", "src/none.ts", "does not exist"],
    ["a file below a file", "run.sh/x", "does not exist"],
  ])("does not touch %s", async (_title, path, why) => {
    expect((await changesOf(edit(path, "a", "b"))).outcome).toMatchObject({ _tag: "NotCarriedOver", why: expect.stringContaining(why) })
  })

  it("must be a diff", async () => {
    expect((await changesOf("nonsense")).outcome).toMatchObject({ _tag: "NotCarriedOver" })
  })
})
