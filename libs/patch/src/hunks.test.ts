import { Effect } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { applyDiff } from "./apply.ts"
import { diffContents } from "./compare.ts"
import { countLines, type FileDiff } from "./diff.ts"
import { piecesOf, selectPieces } from "./hunks.ts"
import { parseDiff } from "./parse.ts"
import { printDiff } from "./print.ts"

const content = fc.array(fc.constantFrom("a", "b", "c", "d", "", "e"), { maxLength: 40 }).map((lines) => lines.join("\n"))
const applied = (diff: ReadonlyArray<FileDiff>, before: string) => {
  const after = Effect.runSync(applyDiff(diff, new Map([["x", before]])))
  return after.has("x") ? after.get("x") : before
}

describe("pieces of a diff", () => {
  const parts = (before: string, after: string) => {
    const file = diffContents("x", before, after)
    const diff = file ? [file] : []
    return piecesOf(diff).map(({ id }) => applied(selectPieces(diff, [id]), before))
  }

  it("parts lines that were edited side by side, and what was added among them", () => {
    expect(parts("const a = 1\nconst b = 2\n", "const a = 10\nconst b = 20\n")).toStrictEqual([
      "const a = 10\nconst b = 2\n",
      "const a = 1\nconst b = 20\n",
    ])
    expect(parts("return a + b\n", "// the sum of both\nreturn a - b\n")).toStrictEqual([
      "// the sum of both\nreturn a + b\n",
      "return a - b\n",
    ])
    expect(parts("if (a < b) x()\nlog('one')\n", "if (a <= b) x()\nmore()\nlog('two')\n")).toStrictEqual([
      "if (a <= b) x()\nlog('one')\n",
      "if (a < b) x()\nmore()\nlog('one')\n",
      "if (a < b) x()\nlog('two')\n",
    ])
  })

  it("keeps a run that was rewritten in one piece", () => {
    expect(parts("one\ntwo\nthree\n", "alpha\nbeta\n")).toStrictEqual(["alpha\nbeta\n"])
  })

  it("parts changes in one hunk that stand apart", () => {
    const file = diffContents("x", "1\n2\n3\n4\n5\n6\n7\n", "1\nTWO\n3\n4\n5\nSIX\nsix\n7\n")
    expect(file?.hunks).toHaveLength(1)
    expect(piecesOf(file ? [file] : [])).toStrictEqual([
      { id: 0, path: "x", line: 2, added: 1, removed: 1 },
      { id: 1, path: "x", line: 6, added: 2, removed: 1 },
    ])
  })

  it("takes a file that comes, goes or moves as one piece", () => {
    const diff = ["new", "gone"].flatMap(
      (name, at) => diffContents(name, at === 0 ? undefined : "1\n2\n", at === 0 ? "1\n2\n" : undefined) ?? [],
    )
    expect(piecesOf(diff).map((piece) => [piece.path, piece.added, piece.removed])).toStrictEqual([
      ["new", 2, 0],
      ["gone", 0, 2],
    ])
    expect(selectPieces(diff, [1]).map((file) => file.newPath)).toStrictEqual(["gone"])
  })

  it("gives all of the diff for all pieces and nothing for none", () => {
    fc.assert(
      fc.property(content, content, (before, after) => {
        const file = diffContents("x", before, after)
        if (file === undefined) return
        expect(
          printDiff(
            selectPieces(
              [file],
              piecesOf([file]).map((piece) => piece.id),
            ),
          ),
        ).toBe(printDiff([file]))
        expect(selectPieces([file], [])).toStrictEqual([])
      }),
    )
  })

  it("applies, prints and reads back whatever is chosen, and changes just that", () => {
    const word = fc.constantFrom("const a = 1", "const a = 2", "const b = 1", "call(a, b)", "call(a, c)", "}", "")
    const code = fc.array(word, { maxLength: 30 }).map((lines) => `${lines.join("\n")}\n`)
    fc.assert(
      fc.property(code, code, fc.infiniteStream(fc.boolean()), (before, after, choice) => {
        const file = diffContents("x", before, after)
        if (file === undefined) return
        const pieces = piecesOf([file])
        const chosen = pieces.filter(() => choice.next().value)
        const part = selectPieces(
          [file],
          chosen.map(({ id }) => id),
        )
        if (part.length > 0) expect(printDiff(Effect.runSync(parseDiff(printDiff(part))))).toBe(printDiff(part))
        const count = (kind: "added" | "removed") => chosen.reduce((sum, piece) => sum + piece[kind], 0)
        const length = (text: string | undefined) => text?.split("\n").length ?? 0
        expect(length(applied(part, before)) - length(before)).toBe(count("added") - count("removed"))
        expect(part.map(countLines).reduce((sum, each) => sum + each.added + each.removed, 0)).toBe(count("added") + count("removed"))
        const rest = selectPieces(
          [file],
          pieces.filter((piece) => !chosen.includes(piece)).map(({ id }) => id),
        )
        expect(rest.length + part.length > 0).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it("keeps three lines of context at most around what is chosen", () => {
    const before = Array.from({ length: 60 }, (_, at) => `${at}`)
    const after = before.map((line, at) => (at % 6 === 3 ? `${line}!` : line))
    const file = diffContents("x", before.join("\n"), after.join("\n"))
    const diff = file ? [file] : []
    expect(diff[0]?.hunks).toHaveLength(1)
    const [part] = selectPieces(diff, [1, 5])
    expect(part?.hunks.map((hunk) => [hunk.oldStart, hunk.oldCount])).toStrictEqual([
      [7, 7],
      [31, 7],
    ])
  })
})
