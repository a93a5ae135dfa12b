import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { target } from "./material-fixture.ts"
import { readPlaces, readWhole } from "./read-sources.ts"
import * as Memory from "./Sources.memory.ts"

const lines = (count: number, width = 4) => Array.from({ length: count }, (_, at) => `${at + 1}`.padEnd(width, ".")).join("\n")
const whole = (text: string) => readWhole(target, "a.txt").pipe(Effect.provide(Memory.layer({ "a.txt": text })))

describe("reading a whole file", () => {
  it.effect.each([
    ["a short file", "one\ntwo\n"],
    ["a file without a final line feed", "one\ntwo"],
    ["blank lines at the end", "one\n\n\n"],
    ["carriage returns", "one\r\ntwo\r\n"],
    ["more than one answer holds", `${lines(3_000, 60)}\n`],
    ["the same without a final line feed", lines(3_000, 60)],
    ["an empty file", ""],
  ] satisfies ReadonlyArray<[string, string]>)("gives %s exactly", ([, text]) =>
    Effect.gen(function* () {
      expect(yield* whole(text)).toBe(text)
    }),
  )

  it.effect("knows a file that is not there from one that is too long", () =>
    Effect.gen(function* () {
      expect(yield* readWhole(target, "b.txt").pipe(Effect.provide(Memory.layer({})))).toBeUndefined()
      for (const text of ["x".repeat(100_000), lines(30_000, 60)])
        expect(yield* Effect.flip(whole(text))).toMatchObject({ _tag: "FileTooLong", path: "a.txt" })
    }),
  )
})

describe("reading what a failure points at", () => {
  const read = (text: string, line?: number) =>
    readPlaces(target, [line === undefined ? { path: "a.txt" } : { path: "a.txt", line }, { path: "none.txt" }]).pipe(
      Effect.provide(Memory.layer({ "a.txt": text })),
    )

  it.effect("shows a short file whole, wherever the line is", () =>
    Effect.gen(function* () {
      expect(yield* read(`${lines(300)}\n`, 290)).toMatchObject([{ path: "a.txt", fromLine: 1, totalLines: 300, text: lines(300) }])
    }),
  )

  it.effect("shows a long file around its line, else its beginning, and leaves out what is not there", () =>
    Effect.gen(function* () {
      const [near] = yield* read(`${lines(2_000)}\n`, 1_000)
      expect(near).toMatchObject({ fromLine: 880, totalLines: 2_000 })
      expect(near?.text).toContain("\n1000\n")
      expect((yield* read(`${lines(2_000)}\n`))[0]).toMatchObject({ fromLine: 1 })
    }),
  )
})
