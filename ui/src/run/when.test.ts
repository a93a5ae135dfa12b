import { expect, it } from "vitest"
import { dayOf, when } from "./when.ts"

const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 43, 24)

it("says the time of day of what happened today, however early that was", () =>
  expect(when(at(23, 0).toISOString(), dayOf(at(23, 23).getTime()))).toBe("00:43:24"))
it.each([
  ["an hour ago, yesterday", at(22, 23), "22 Nov, 23:43:24"],
  ["weeks ago", at(1, 9), "1 Nov, 09:43:24"],
])("says the day too of what happened %s", (_, then, words) => expect(when(then.toISOString(), dayOf(at(23, 0).getTime()))).toBe(words))
