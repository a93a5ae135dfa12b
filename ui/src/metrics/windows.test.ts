import { expect, it } from "vitest"
import { windowOf } from "./windows.ts"

it.each([
  ["", 30],
  ["days=7", 7],
  ["days=90", 90],
  ["days=31", 30],
  ["days=7e0", 30],
])("the address %j means %d days", (query, days) => expect(windowOf(new URLSearchParams(query))).toBe(days))
