import { fireEvent, render, screen } from "@testing-library/svelte"
import { afterEach, expect, it, vi } from "vitest"
import { dashboard } from "../dashboard.svelte.ts"
import Side from "./Side.svelte"

afterEach(() => void vi.unstubAllGlobals())

it("alarms nobody until something is wrong, then says what", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("refused")))
  dashboard.session = { required: true, signedIn: true, reviewer: "ada", csrf: "c" }
  render(Side)
  expect(screen.queryByRole("alert")).toBeNull()
  await fireEvent.click(screen.getByRole("button", { name: "Sign out" }))
  expect((await screen.findByRole("alert")).textContent).toMatch(/signing out failed/iu)
})
