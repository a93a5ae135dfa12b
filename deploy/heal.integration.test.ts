/** What `npm run heal` says of input that it cannot work with; it says so before it starts anything. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "heal-"))
const git = (...args: ReadonlyArray<string>) => spawnSync("git", ["-C", join(folder, "made"), ...args])
const as = ["-c", "user.name=ada", "-c", "user.email=ada@users.noreply.github.com"]

beforeAll(() => {
  for (const name of ["none", "made", "empty"]) mkdirSync(join(folder, name))
  spawnSync("git", ["init", "--quiet", join(folder, "empty")])
  git("init", "--quiet", "--initial-branch=main")
  for (const text of ["one", "two"]) {
    writeFileSync(join(folder, "made/file"), text)
    git("add", "file")
    git(...as, "commit", "--quiet", "--message", text)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As npm starts it: in the checkout, with the folder in which the person is. */
const heal = (args: ReadonlyArray<string>, from = folder) => {
  const { status, stderr } = spawnSync(process.execPath, [join(checkout(), "deploy/heal.ts"), ...args], {
    cwd: checkout(),
    encoding: "utf8",
    env: { ...Bun.env, INIT_CWD: from },
  })
  return { status, said: stderr }
}

describe("npm run heal", () => {
  it.each([
    ["no path", [], "usage: npm run heal -- PATH"],
    ["two paths", ["made", "none"], "usage: npm run heal -- PATH"],
    ["an option that there is not", ["made", "--god", "main"], "--god"],
    ["an option without its value", ["made", "--good"], "--good"],
    ["a path that is nowhere", ["nowhere"], "nowhere is not a git repository"],
    ["a folder without a repository", ["none"], "none is not a git repository"],
    ["a repository without a commit", ["empty"], "empty has no commit"],
    ["a commit that there is not", ["made", "--commit", "nope"], `--commit: there is no commit "nope"`],
    ["a good commit that there is not", ["made", "--good", "nope"], `--good: there is no commit "nope"`],
    ["a good commit that is none of its ancestors", ["made", "--commit", "HEAD~1", "--good", "main"], "main is not an ancestor of HEAD~1"],
  ])("exits 2 for %s, and says so in a line or two", (_, args, words) => {
    const { status, said } = heal(args)
    expect(status).toBe(2)
    expect(said).toContain(words)
    expect(said.trim().split("\n").length).toBeLessThanOrEqual(2)
  })

  it("looks for a path from where the person is, not from where npm starts it", () => {
    expect(heal(["."], join(folder, "empty")).said).toContain(`${join(folder, "empty")} has no commit`)
  })
})
