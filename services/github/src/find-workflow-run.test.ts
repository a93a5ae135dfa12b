import { describe, expect, it } from "vitest"
import { runIdIn } from "./find-workflow-run.ts"

describe("the run in a pipeline's address", () => {
  it.each([
    ["https://github.com/acme/shop/actions/runs/123", 123],
    ["https://github.com/acme/shop/actions/runs/123/job/456?pr=1", 123],
    ["https://ghe.example/acme/shop/actions/runs/9007199254740#x", 9_007_199_254_740],
    ["https://github.com/acme/shop/actions/runs/0", undefined],
    ["https://github.com/acme/shop/actions/runs/12a", undefined],
    ["https://ci.example/job/1", undefined],
    ["https://github.com/acme/shop/actions/runs/99999999999999999999", undefined],
    [undefined, undefined],
  ])("%s is %s", (address, id) => {
    expect(runIdIn(address)).toBe(id)
  })
})
