import { chmodSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { writeFiles } from "../sample.ts"
import { changesBetween, commitIds, emptyTree } from "./history.ts"
import { git } from "./run-git.ts"

const dir = mkdtempSync(join(tmpdir(), "forge-history-"))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const lines = (count: number, mark = "") =>
  Array.from({ length: count }, (_, index) => `line ${index}${index === 20 ? mark : ""}\n`).join("")

const commit = async (message: string): Promise<string> => {
  await git(dir, ["add", "--all"])
  await git(dir, ["-c", "user.name=M", "-c", "user.email=m@acme.example", "commit", "--quiet", "-m", message])
  return (await git(dir, ["rev-parse", "HEAD"])).trim()
}

test("every kind of change is told with its numbers and hunks, whatever the files are called", async () => {
  await git(dir, ["init", "--quiet", "--initial-branch=main"])
  writeFiles(dir, {
    "a.txt": lines(40),
    "gone.txt": "once\nthere was\n",
    "old name.txt": lines(30),
    link: "file\n",
    "run.sh": "echo\n",
    "ä\tß.txt": "x\n",
  })
  writeFileSync(join(dir, "picture.bin"), Buffer.from([0, 1, 2, 255]))
  const before = await commit("Begin")
  writeFiles(dir, { "a.txt": lines(40, " changed"), "b/new.txt": "1\n2\n3\n", "ä\tß.txt": "x\ny\n" })
  rmSync(join(dir, "gone.txt"))
  rmSync(join(dir, "link"))
  symlinkSync("a.txt", join(dir, "link"))
  renameSync(join(dir, "old name.txt"), join(dir, "new name.txt"))
  chmodSync(join(dir, "run.sh"), 0o755)
  writeFileSync(join(dir, "picture.bin"), Buffer.from([0, 9, 9, 255]))
  const after = await commit("Change")

  const changes = Object.fromEntries((await changesBetween(dir, before, after)).map((change) => [change.path, change]))
  expect(changes["a.txt"]).toMatchObject({ status: "modified", additions: 1, deletions: 1 })
  expect(changes["a.txt"]?.patch).toMatch(/^@@ -18,7 \+18,7 @@.*\n[\s\S]*-line 20\n\+line 20 changed\n/u)
  expect(changes["b/new.txt"]).toMatchObject({ status: "added", additions: 3, deletions: 0, patch: "@@ -0,0 +1,3 @@\n+1\n+2\n+3" })
  expect(changes["gone.txt"]).toMatchObject({ status: "removed", additions: 0, deletions: 2 })
  expect(changes["new name.txt"]).toMatchObject({ status: "renamed", previous: "old name.txt", additions: 0, patch: undefined })
  expect(changes["picture.bin"]).toMatchObject({ status: "modified", additions: 0, patch: undefined })
  expect(changes["run.sh"]).toMatchObject({ status: "modified", additions: 0, patch: undefined })
  expect(changes["link"]).toMatchObject({ status: "changed" })
  expect(changes["link"]?.patch).toContain("+a.txt")
  expect(changes["ä\tß.txt"]).toMatchObject({ status: "modified", additions: 1, deletions: 0, patch: "@@ -1 +1,2 @@\n x\n+y" })

  expect(await changesBetween(dir, emptyTree, before)).toHaveLength(7)
  expect(await commitIds(dir, after)).toEqual([after, before])
  expect(await commitIds(dir, after, { not: before })).toEqual([after])
  expect(await commitIds(dir, after, { path: "gone.txt" })).toEqual([after, before])
  expect(await commitIds(dir, before, { not: after })).toEqual([])
})
