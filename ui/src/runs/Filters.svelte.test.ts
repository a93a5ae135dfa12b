import { fireEvent, render, screen } from "@testing-library/svelte"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import Filters from "./Filters.svelte"
import { type Filter, filterOf } from "./filter.ts"

const changed = vi.fn<(filter: Filter) => void>()
const show = (query = "") =>
  render(Filters, {
    filter: filterOf(new URLSearchParams(query)),
    repositories: ["acme/web"],
    onchange: changed,
    onrepositories: () => undefined,
  })
const type = (value: string) => fireEvent.input(screen.getByRole("searchbox"), { target: { value } })

beforeEach(() => {
  vi.useFakeTimers()
  changed.mockClear()
})
afterEach(() => void vi.useRealTimers())

describe("the filters of the list", () => {
  it("look for a word when it is finished, from the first page on", async () => {
    show("status=fixed&page=3")
    await type("o")
    await vi.advanceTimersByTimeAsync(200)
    await type("old")
    await vi.advanceTimersByTimeAsync(250)
    expect(changed.mock.calls).toEqual([[{ status: "fixed", repository: "", text: "old", page: 1 }]])
  })

  it("call nobody back who has gone elsewhere before the word was finished", async () => {
    const { unmount } = show()
    await type("old")
    unmount()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(changed).not.toHaveBeenCalled()
  })

  it("lead to each status, and say which is chosen", () => {
    show("status=fixed&text=old")
    const [all, , , , chosen] = screen.getAllByRole("link")
    expect([all?.getAttribute("href"), all?.getAttribute("aria-current")]).toEqual(["/?text=old", null])
    expect([chosen?.textContent, chosen?.getAttribute("aria-current")]).toEqual(["Fixed", "true"])
  })
})
