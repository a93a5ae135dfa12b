import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { cleanLogLine } from "./clean.ts"
import { FOLD, makeGrams, SLOT_SHIFT, TROUBLE } from "./grams.ts"
import { markOf } from "./marks.ts"

const grams = makeGrams([])

/** What the table says of a line, read as the pass reads it: from the line feed before it. */
const flagsOf = (line: string): number => {
  let word = 0
  let flags = 0
  for (const byte of Buffer.from(`\n${line}`)) {
    word = (word << 8) | (FOLD[byte] ?? 0)
    const index = grams.slots[Math.imul(word, grams.multiplier) >>> SLOT_SHIFT] ?? 0
    if (index !== 0 && grams.words[index] === word) flags |= grams.flags[index] ?? 0
  }
  return flags
}

describe("the table of four-byte words", () => {
  const fixtures = new URL("./fixtures/", import.meta.url)
  it.each(readdirSync(fixtures))("sees every line that the rules would mark in %s", (name) => {
    const lines = readFileSync(new URL(name, fixtures), "utf8").split("\n")
    const missed = lines.filter((line) => (markOf(cleanLogLine(line))?.rank ?? 0) > 1 && (flagsOf(line) & TROUBLE) === 0)
    expect(missed).toStrictEqual([])
  })

  it("keeps quiet on ordinary lines", () => {
    const quiet = ["✓ src/a.test.ts > does the thing (3 ms)", "Compiling calc v0.1.0", "added 12 packages in 2s", "ok 3 - multiplies"]
    expect(quiet.filter((line) => flagsOf(line) !== 0)).toStrictEqual([])
  })

  it("knows given values by their first four bytes, whatever their case", () => {
    const own = makeGrams(["Zyx9-secret"])
    const word = [..."zyx9"].reduce((sum, letter) => (sum << 8) | letter.charCodeAt(0), 0)
    expect(own.words[own.slots[Math.imul(word, own.multiplier) >>> SLOT_SHIFT] ?? 0]).toBe(word)
  })
})
