import { render } from "@testing-library/svelte"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { makeTelling } from "../live/told.suite.ts"
import { later } from "../shell/later.svelte.ts"
import { filterOf } from "./filter.ts"
import RunsTools from "./RunsTools.svelte"
import { rowAfter } from "./row.ts"
import { list } from "./runs.ts"

const filter = filterOf(new URLSearchParams())
const pageOf = (...runIds: ReadonlyArray<string>) => {
  const told = makeTelling()
  const items = runIds.flatMap((runId) => rowAfter(undefined, told.failed(runId))?.summary ?? [])
  return { items, page: 1, pageSize: 50, total: items.length, position: 1 }
}

beforeEach(() => void vi.stubGlobal("fetch", () => Promise.reject(new TypeError("refused"))))
afterEach(() => void vi.unstubAllGlobals())

it("has the words of an empty list fetched when the list is empty, not before", async () => {
  list.take(filter, pageOf("a"))
  render(RunsTools, { filter })
  await vi.dynamicImportSettled()
  expect(later.Nothing).toBeUndefined()
  list.take(filter, pageOf())
  await expect.poll(() => later.Nothing).toBeTypeOf("function")
})
