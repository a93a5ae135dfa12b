import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { applyEdits, type Edit, type NewFile } from "./apply-edits.ts"

const contents = new Map<string, string | undefined>([
  ["a.js", "let x = 1\nlet y = 1\n"],
  ["crlf.js", "one\r\ntwo\r\n"],
  ["overlap.js", "ababa\n"],
  ["gone.js", undefined],
  ["new.js", undefined],
])
const edit = (path: string, find: string, replace: string): Edit => ({ path, find, replace })
const apply = (edits: ReadonlyArray<Edit>, newFiles: ReadonlyArray<NewFile> = []) => applyEdits(edits, newFiles, contents)

describe("a model's edits", () => {
  it.effect("are made in order on the real text", () =>
    Effect.gen(function* () {
      const changed = yield* apply(
        [edit("a.js", "x = 1", "x = 2"), edit("a.js", "x = 2\n", "x = 3\n")],
        [{ path: "new.js", content: "hi" }],
      )
      expect(changed).toEqual([
        { path: "a.js", before: "let x = 1\nlet y = 1\n", after: "let x = 3\nlet y = 1\n" },
        { path: "new.js", before: undefined, after: "hi\n" },
      ])
    }),
  )

  it.effect("keep a file's CRLF line ends", () =>
    Effect.gen(function* () {
      expect(yield* apply([edit("crlf.js", "one\ntwo", "one\n1.5\ntwo")])).toMatchObject([{ after: "one\r\n1.5\r\ntwo\r\n" }])
    }),
  )

  it.effect("take dollar signs as they are", () =>
    Effect.gen(function* () {
      expect(yield* apply([edit("a.js", "x = 1", "x = '$&$1'")])).toMatchObject([{ after: "let x = '$&$1'\nlet y = 1\n" }])
    }),
  )

  it.effect.each([
    ["a file that is not there", [edit("gone.js", "x", "y")], [], "there is no such file"],
    ["a text that is not there", [edit("a.js", "z = 1", "")], [], "does not stand in the file"],
    ["a text that is there twice", [edit("a.js", "= 1", "= 2")], [], "more than once"],
    ["a text that overlaps itself", [edit("overlap.js", "aba", "x")], [], "more than once"],
    ["a new file that is there", [], [{ path: "a.js", content: "" }], "this file exists"],
    ["nothing", [], [], "change nothing"],
    ["no change", [edit("a.js", "x = 1", "x = 1")], [], "change nothing"],
  ] satisfies ReadonlyArray<[string, ReadonlyArray<Edit>, ReadonlyArray<NewFile>, string]>)(
    "are refused for %s",
    ([, edits, newFiles, why]) =>
      Effect.gen(function* () {
        expect((yield* Effect.flip(apply(edits, newFiles))).message).toContain(why)
      }),
  )
})
