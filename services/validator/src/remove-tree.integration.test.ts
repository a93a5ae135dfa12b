import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import { removeTree } from "./remove-tree.ts"

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "ci-fix-pilot-remove-"))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

it("removes everything below and nothing that links point to", async () => {
  const [victim, tree] = [join(base, "victim"), join(base, "tree")]
  mkdirSync(victim)
  writeFileSync(join(victim, "kept"), "")
  mkdirSync(join(tree, "deep", "er"), { recursive: true })
  writeFileSync(join(tree, "deep", "weird\nname"), "")
  symlinkSync(victim, join(tree, "deep", "link"))
  symlinkSync(join(victim, "kept"), join(tree, "file-link"))
  execFileSync("chmod", ["000", join(tree, "deep", "er")])
  await Effect.runPromise(removeTree(tree))
  expect(existsSync(tree)).toBe(false)
  expect(existsSync(join(victim, "kept"))).toBe(true)
})

it("is content with nothing, and never fails", async () => {
  await Effect.runPromise(removeTree(join(base, "nothing")))
  await Effect.runPromise(removeTree("/proc/self/nothing/at/all"))
  expect(existsSync(base)).toBe(true)
})
