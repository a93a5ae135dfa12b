import { Effect, Result } from "effect"
import { describe, expect, it } from "vitest"
import { deadLetter, messageInLetter } from "./dead-letter.ts"

const message = {
  ...{ id: "c#1#h", type: "notified", at: "", runId: `run_${"0".repeat(24)}`, causedBy: "c#1", traceparent: "" },
  data: { channel: "slack" },
}
const found = (text: string) => Effect.runSync(Effect.result(messageInLetter(text)))

describe("a dead letter", () => {
  it("gives the message back that was put into it with how it came, or was kept as it came", () => {
    const letter = deadLetter({ kind: "message", message, ...{ saidOn: "evt.notifier.notified", fromInbox: true } })
    expect(JSON.parse(letter)).toMatchObject({ saidOn: "evt.notifier.notified" })
    expect(found(letter)).toEqual(Result.succeed(message))
    expect(found(JSON.stringify(message))).toEqual(Result.succeed(message))
  })

  it.each([
    ["what the planner noticed itself", deadLetter({ kind: "noticed", input: { kind: "slot-free" } })],
    ["a message that no schema fits", deadLetter({ kind: "message", message: { ...message, data: { channel: "fax" } } })],
    ["a text that is no JSON", "{"],
    ["nothing", ""],
  ])("of %s holds no message", (_, text) => {
    expect(found(text)).toMatchObject({ failure: { _tag: "Undecodable" } })
  })
})
