import { execFileSync } from "node:child_process"
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import { removeTree } from "./remove-tree.ts"

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "ci-fix-pilot-remove-"))
})
afterEach(() => execFileSync("rm", ["-rf", base]))

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
  await expect.poll(() => existsSync(tree)).toBe(false)
  expect(existsSync(join(victim, "kept"))).toBe(true)
})

/** A directory in a directory, and so on, by a program that goes in: no path may be that long. */
const makeDeep = (depth: number) =>
  execFileSync("perl", ["-e", `for (1..${depth}) { mkdir "dddddddddd" or die; chdir "dddddddddd" or die }`], { cwd: base })

it("removes what is deeper than any path is long, in seconds", { timeout: 30_000 }, async () => {
  makeDeep(2_000)
  await Effect.runPromise(removeTree(join(base, "dddddddddd")))
  await expect.poll(() => existsSync(join(base, "dddddddddd")), { timeout: 20_000 }).toBe(false)
})

it("changes no permission of what a link points to that cannot be removed", async () => {
  const victim = join(base, "victim")
  mkdirSync(victim, { mode: 0o500 })
  const descriptor = openSync(victim, "r")
  await Effect.runPromise(removeTree(`/proc/${process.pid}/fd/${descriptor}`)).finally(() => closeSync(descriptor))
  expect(statSync(victim).mode & 0o777).toBe(0o500)
})

it("is content with nothing, and never fails", async () => {
  await Effect.runPromise(removeTree(join(base, "nothing")))
  await Effect.runPromise(removeTree("/proc/self/nothing/at/all"))
  expect(existsSync(base)).toBe(true)
})
