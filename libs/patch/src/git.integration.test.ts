import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { applyDiff } from "./apply.ts"
import { diffContents } from "./compare.ts"
import { type FileDiff, reverseDiff } from "./diff.ts"
import { piecesOf, selectPieces } from "./hunks.ts"
import { parseDiff } from "./parse.ts"
import { printDiff } from "./print.ts"

let repository = ""
beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), "patch-git-"))
  execFileSync("git", ["init", "-q", repository])
})
afterAll(() => rmSync(repository, { recursive: true, force: true }))

const git = (...args: ReadonlyArray<string>): string => execFileSync("git", args, { cwd: repository, encoding: "utf8", stdio: "pipe" })

/** What git makes of a file and a diff; nothing if it refuses. */
const byGit = (content: string, diff: string): string | undefined => {
  writeFileSync(join(repository, "x"), content)
  writeFileSync(join(repository, "change.diff"), diff)
  try {
    git("apply", "change.diff")
  } catch {
    return undefined
  }
  return readFileSync(join(repository, "x"), "utf8")
}

const byUs = (content: string, diff: ReadonlyArray<FileDiff>): string | undefined => {
  const result = Effect.runSync(Effect.result(applyDiff(diff, new Map([["x", content]]))))
  return result._tag === "Success" ? result.success.get("x") : undefined
}

const line = fc.constantFrom("a", "b", "c", "const d = 1", "const d = 2", "call(e)", "call(f)", "", "g\r")
const content = fc.tuple(fc.array(line, { maxLength: 40 }), fc.boolean()).map(([lines, ended]) => lines.join("\n") + (ended ? "\n" : ""))

const ended = content.map((text) => (text === "" || text.endsWith("\n") ? text : `${text}\n`))

describe("git agrees", () => {
  it("on our diffs, on any part of them, and on their reverse", () => {
    fc.assert(
      fc.property(content, content, fc.infiniteStream(fc.boolean()), (before, after, choice) => {
        const file = diffContents("x", before, after)
        if (file === undefined) return
        const part = (diff: ReadonlyArray<FileDiff>) =>
          selectPieces(
            diff,
            piecesOf(diff).flatMap(({ id }) => (choice.next().value ? [id] : [])),
          )
        expect(byGit(before, printDiff([file]))).toBe(after)
        const forward = part([file])
        if (forward.length > 0) expect(byGit(before, printDiff(forward))).toBe(byUs(before, forward))
        const back = part(reverseDiff([file]))
        if (back.length > 0) expect(byGit(after, printDiff(back))).toBe(byUs(after, back))
      }),
      { numRuns: 150 },
    )
  })

  it("on whether and where a diff fits a file that has changed meanwhile", () => {
    fc.assert(
      // Ended contents only: git takes an unended line of context for the beginning of a longer one, which we refuse.
      fc.property(ended, ended, fc.array(line, { maxLength: 6 }), fc.nat(40), (before, after, inserted, at) => {
        const file = diffContents("x", before, after)
        if (file === undefined || file.hunks.length !== 1) return
        const lines = before.split("\n")
        const moved = [...lines.slice(0, at), ...inserted, ...lines.slice(at)].join("\n")
        expect(byUs(moved, [file])).toBe(byGit(moved, printDiff([file])))
      }),
      { numRuns: 300 },
    )
  })

  it("and its own diffs are read", () => {
    fc.assert(
      fc.property(content, content, (before, after) => {
        if (before === after) return
        writeFileSync(join(repository, "x"), before)
        git("add", "x")
        writeFileSync(join(repository, "x"), after)
        const diff = Effect.runSync(parseDiff(git("diff", "--", "x")))
        expect(byUs(before, diff)).toBe(after)
      }),
      { numRuns: 100 },
    )
  })
})
