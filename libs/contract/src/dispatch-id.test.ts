import { describe, expect, it } from "vitest"
import { answeredCommand, answerId, dispatchId, readDispatchId } from "./dispatch-id.ts"

describe("the id of a dispatch", () => {
  it("is read as it was made, with and without a holder", () => {
    expect(dispatchId("run_1.2.0", 3)).toBe("run_1.2.0#3")
    expect(readDispatchId(dispatchId("run_1.2.0", 3))).toEqual({ commandId: "run_1.2.0", dispatch: 3, holder: undefined })
    expect(readDispatchId(answerId(dispatchId("run_1.2.0", 3), "abc-1"))).toEqual({ commandId: "run_1.2.0", dispatch: 3, holder: "abc-1" })
  })

  it.each([
    ["run_1.2.0", "run_1.2.0"],
    ["run_1.2.0#", "run_1.2.0"],
    ["run_1.2.0#x", "run_1.2.0"],
    ["run_1.2.0#-1", "run_1.2.0"],
    ["run_1.2.0#1e3", "run_1.2.0"],
    ["run_1.2.0#99999999999999999999", "run_1.2.0"],
    ["", ""],
  ])("%j names no dispatch", (id, commandId) => {
    expect(readDispatchId(id)).toEqual({ commandId, dispatch: 0, holder: undefined })
  })
})

describe("what caused a message", () => {
  it.each([
    ["run_1.2.0#1", "run_1.2.0"],
    ["run_1.2.0#1#abc-1", "run_1.2.0"],
    ["run_1.2", undefined],
    [undefined, undefined],
  ])("%j names the command %j", (causedBy, commandId) => {
    expect(answeredCommand({ causedBy })).toBe(commandId)
  })
})
