import { describe, expect, it } from "vitest"
import { placeOf } from "./navigation.svelte.ts"

describe("the place that a path means", () => {
  it.each([
    ["/", { page: "runs" }],
    ["/runs/run-1", { page: "run", runId: "run-1" }],
    ["/runs/a%2Fb", { page: "run", runId: "a/b" }],
    ["/metrics", { page: "metrics" }],
    ["/system", { page: "system" }],
    ["/runs", { page: "nowhere" }],
    ["/runs/a/b", { page: "nowhere" }],
    ["/runs/%", { page: "nowhere" }],
    ["/runs/%E0%A4%A", { page: "nowhere" }],
  ])("%s", (path, place) => {
    expect(placeOf(path)).toEqual(place)
  })
})
