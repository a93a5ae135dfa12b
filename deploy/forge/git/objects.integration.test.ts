import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { findCommit, writeCommit } from "./commits.ts"
import { ObjectReader } from "./object-reader.ts"
import { writeObject } from "./object-writer.ts"
import { git } from "./run-git.ts"
import { changeTree, entryAt, walkTree } from "./trees.ts"

const dir = mkdtempSync(join(tmpdir(), "forge-objects-"))
const reader = new ObjectReader(dir)
beforeAll(() => git("/", ["init", "--quiet", "--bare", "--initial-branch=main", dir]))
afterAll(() => {
  reader.close()
  rmSync(dir, { recursive: true, force: true })
})

test("objects of any size come back as they were written, also when many are asked for at once", async () => {
  const contents = [0, 1, 10, 65_535, 65_536, 3_000_000].map((size) => Buffer.alloc(size, "line\n"))
  const oids = contents.map((content) => writeObject(dir, "blob", content))
  const found = await Promise.all([...oids, "0".repeat(40), ...oids].map((oid) => reader.read(oid)))
  expect(found.map((one) => one?.content.length)).toEqual([
    ...contents.map((one) => one.length),
    undefined,
    ...contents.map((one) => one.length),
  ])
  for (const [index, content] of contents.entries()) expect(found[index]?.content.equals(content)).toBe(true)
  expect(await git(dir, ["fsck", "--strict"])).not.toContain("error")
})

test("reading goes on after the reader was closed", async () => {
  const oid = writeObject(dir, "blob", Buffer.from("again"))
  reader.close()
  expect((await reader.read(oid))?.content.toString()).toBe("again")
})

test("names that are no names find nothing, and do not confuse the next answer", async () => {
  for (const name of ["", "a b", "x\ny", "refs/heads/none"]) expect(await reader.read(name)).toBeUndefined()
})

const segment = fc.constantFrom("a", "a.b", "a-b", "a0", "b", "ab", "ä")
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"))
/** Paths that can stand in one tree: none is the folder of another. */
const paths = fc.uniqueArray(path, { maxLength: 12 }).map((all) => all.filter((one) => !all.some((other) => other.startsWith(`${one}/`))))

/** The tree that git itself makes of paths. */
const gitsTree = async (all: ReadonlyArray<string>, oid: string): Promise<string> => {
  const env = { GIT_INDEX_FILE: join(dir, "test.index") }
  await git(dir, ["read-tree", "--empty"], { env })
  await git(dir, ["update-index", "--index-info"], { env, input: all.map((one) => `100644 ${oid}\t${one}\n`).join("") })
  return (await git(dir, ["write-tree"], { env })).trim()
}

test("trees are the ones git makes, whether built at once or changed from another", async () => {
  const oid = writeObject(dir, "blob", Buffer.from("x"))
  const put = (one: string) => ({ path: one, mode: "100644", oid })
  await fc.assert(
    fc.asyncProperty(paths, paths, async (first, second) => {
      const tree = await changeTree(reader, dir, undefined, first.map(put))
      expect(tree).toBe(await gitsTree(first, oid))
      expect(
        (await walkTree(reader, tree, true))
          .filter((entry) => entry.mode !== "40000")
          .map((entry) => entry.path)
          .sort(),
      ).toEqual([...first].sort())
      const gone = first.filter((one) => !second.includes(one)).map((one) => ({ path: one, mode: "100644", oid: null }))
      expect(await changeTree(reader, dir, await changeTree(reader, dir, tree, gone), second.map(put))).toBe(await gitsTree(second, oid))
      for (const one of first) expect((await entryAt(reader, tree, one))?.oid).toBe(oid)
    }),
    { numRuns: 40 },
  )
})

test("a commit is found by its id, the beginning of it, its branch and its tag, and by nothing else", async () => {
  const tree = await changeTree(reader, dir, undefined, [{ path: "a", mode: "100644", oid: writeObject(dir, "blob", Buffer.from("a")) }])
  const who = { name: "Mara <x>\n", email: "mara@acme.example", date: "2026-01-01T00:00:00Z" }
  const oid = writeCommit(dir, { tree, parents: [], author: who, committer: who, message: "Begin\n\nBody" })
  await git(dir, ["update-ref", "refs/heads/feature/a", oid])
  await git(dir, ["update-ref", "refs/tags/v1", oid])
  for (const name of [oid, oid.slice(0, 10), "feature/a", "heads/feature/a", "refs/heads/feature/a", "v1"]) {
    expect(await findCommit(reader, name)).toMatchObject({
      oid,
      message: "Begin\n\nBody",
      author: { name: "Mara x", date: "2026-01-01T00:00:00Z" },
    })
  }
  for (const name of ["feature/a~0", "feature/a^{commit}", ":/Begin", "-v1", "feature", tree, `${oid.slice(0, 39)}g`, "@{1}", "../x"]) {
    expect(await findCommit(reader, name)).toBeUndefined()
  }
})
