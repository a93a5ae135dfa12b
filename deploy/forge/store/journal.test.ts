import { expect, test } from "vitest"
import { parseJournal } from "./journal.ts"

const line = (key: string) => JSON.stringify({ table: "pull", key, value: { number: 1 } })

test("a journal is read line by line", () => {
  expect(parseJournal(`${line("a")}\n${line("b")}\n`).map((entry) => entry.key)).toEqual(["a", "b"])
})

test("a last line that a kill cut short is left out", () => {
  expect(parseJournal(`${line("a")}\n${line("b").slice(0, 20)}`).map((entry) => entry.key)).toEqual(["a"])
})

test("damage before the end is an error, not a loss", () => {
  expect(() => parseJournal(`${line("a").slice(0, 20)}\n${line("b")}\n`)).toThrow("damaged at line 1")
})
