import { fireEvent, render, screen } from "@testing-library/svelte"
import { beforeAll, expect, it, vi } from "vitest"
import { dashboard } from "../dashboard.svelte.ts"
import Side from "./Side.svelte"

// It connects as soon as it is there, and goes on trying.
beforeAll(() => void vi.stubGlobal("fetch", () => Promise.reject(new TypeError("refused"))))

it("alarms nobody until something is wrong, then says what", async () => {
  dashboard.session = { required: true, signedIn: true, reviewer: "ada", csrf: "c" }
  render(Side)
  expect(screen.queryByRole("alert")).toBeNull()
  await fireEvent.click(screen.getByRole("button", { name: "Sign out" }))
  expect((await screen.findByRole("alert", {}, { timeout: 10_000 })).textContent).toMatch(/signing out failed/iu)
})

it("brings the help when somebody asks for it", async () => {
  render(Side)
  expect(screen.queryByRole("dialog")).toBeNull()
  await fireEvent.click(screen.getByRole("button", { name: "Keyboard and help" }))
  expect((await screen.findByRole("dialog", {}, { timeout: 10_000 })).textContent).toMatch(/next, previous run/u)
})
