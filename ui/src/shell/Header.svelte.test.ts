import { render, screen, within } from "@testing-library/svelte"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { dashboard } from "../dashboard.svelte.ts"
import { navigation } from "../navigation.svelte.ts"
import Header from "./Header.svelte"
import { later } from "./later.svelte.ts"

const pages = () => within(screen.getByRole("navigation", { name: "Pages" }))
const current = () =>
  pages()
    .getAllByRole("link")
    .map((link) => link.getAttribute("aria-current"))

beforeEach(() => {
  dashboard.session = { required: true, signedIn: true, reviewer: "ada", csrf: "c" }
  dashboard.waiting = 0
})
afterEach(() => {
  later.failed = false
})

describe("the header", () => {
  it.each([
    ["/", ["page", null, null]],
    ["/runs/a", ["true", null, null]],
    ["/metrics", [null, "page", null]],
    ["/system", [null, null, "page"]],
  ])("says where the reader is: %s", (address, marks) => {
    navigation.go(address)
    render(Header)
    expect(current()).toEqual(marks)
  })

  it("counts what waits for a person", async () => {
    render(Header)
    expect(pages().queryByTitle("Runs that need approval")).toBeNull()
    dashboard.waiting = 3
    expect((await pages().findByTitle("Runs that need approval")).textContent).toBe("3")
  })

  it("leads nowhere before somebody has signed in", () => {
    dashboard.session = { required: true, signedIn: false, reviewer: null, csrf: null }
    render(Header)
    expect(screen.queryByRole("navigation")).toBeNull()
  })

  it("says that it is incomplete when the rest of the page could not be fetched", () => {
    later.failed = true
    render(Header)
    expect(screen.getByRole("button", { name: "Incomplete: reload" })).toBeDefined()
  })
})
