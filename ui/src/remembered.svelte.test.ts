import { render, screen } from "@testing-library/svelte"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { recall, remember } from "./remembered.ts"
import SignIn from "./session/SignIn.svelte"
import { look } from "./shell/theme.svelte.ts"

/** Browsers throw at the mere look at the storage where the reader has blocked it. */
const block = () =>
  vi.spyOn(globalThis, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("The operation is insecure.", "SecurityError")
  })

beforeEach(() => localStorage.clear())
afterEach(() => vi.restoreAllMocks())

it("is kept by the browser, under the dashboard's name", () => {
  remember("theme", "dark")
  expect([recall("theme"), localStorage.getItem("ci-fix-pilot theme"), recall("reviewer")]).toEqual(["dark", "dark", null])
})

describe("a browser that blocks storage", () => {
  beforeEach(() => void block())

  it("keeps nothing, and breaks nothing", () => {
    remember("theme", "dark")
    expect(recall("theme")).toBeNull()
  })

  it("lets the reader choose how the page looks, while it is open", () => {
    const before = look.theme
    look.turn()
    expect(look.theme).not.toBe(before)
  })

  it("lets him sign in", () => {
    render(SignIn)
    expect(screen.getByLabelText<HTMLInputElement>(/your name/iu).value).toBe("")
  })
})
