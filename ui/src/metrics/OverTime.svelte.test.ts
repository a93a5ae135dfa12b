import { fireEvent, render, screen } from "@testing-library/svelte"
import { beforeEach, expect, it } from "vitest"
import { filled } from "./days.ts"
import { summary } from "./metrics.suite.ts"
import OverTime from "./OverTime.svelte"

beforeEach(() => void render(OverTime, { days: filled(summary().perDay, 7, "2026-11-22") }))
const chart = () => screen.getByRole("slider")
const said = () => chart().getAttribute("aria-valuetext")

it("says the whole span in words before a day is chosen", () => {
  expect(said()).toBe("All 7 days: 12 runs, 6 resolved, 2 fixed, 1 flaky, 2 escalated, 1 open")
})

it("is read day by day with the arrow keys, and stops at its ends", async () => {
  await fireEvent.keyDown(chart(), { key: "ArrowLeft" })
  expect(said()).toBe("Sun 22 Nov: 4 runs, 2 fixed, 1 flaky, 1 open")
  await fireEvent.keyDown(chart(), { key: "ArrowRight" })
  expect(said()).toMatch(/^Sun 22 Nov/u)
  await fireEvent.keyDown(chart(), { key: "Home" })
  await fireEvent.keyDown(chart(), { key: "ArrowLeft" })
  expect(said()).toBe("Mon 16 Nov: 0 runs")
  expect(chart().getAttribute("aria-valuenow")).toBe("1")
})

it("counts in its legend only the day that is chosen", async () => {
  const legend = () => screen.getAllByRole("listitem").map((item) => item.textContent?.replaceAll(/\s+/gu, " ").trim())
  expect(legend()).toEqual(["Resolved 6", "Fixed 2", "Flaky 1", "Escalated 2", "Open 1"])
  await fireEvent.keyDown(chart(), { key: "End" })
  expect(legend()).toEqual(["Resolved 0", "Fixed 2", "Flaky 1", "Escalated 0", "Open 1"])
})

it("leaves other keys to the page", async () => {
  await fireEvent.keyDown(chart(), { key: "j" })
  expect(said()).toMatch(/^All 7 days/u)
})

it("draws no time to fix across days on which nothing was fixed", () => {
  expect(document.querySelector("path.p50")?.getAttribute("d")).toMatch(/^M[\d. ]+M[\d. ]+$/u)
  expect(document.querySelectorAll("circle:not(.p95)").length).toBeGreaterThanOrEqual(2)
})
