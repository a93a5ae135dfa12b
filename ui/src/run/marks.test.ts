import { describe, expect, it } from "vitest"
import * as lives from "./lives.suite.ts"
import { endSeq, markOf } from "./marks.ts"

const marksOf = (entries: ReturnType<typeof lives.ledger>) => entries.map((entry) => markOf(entry, entry.seq > endSeq(entries)))
const closed = { type: "pull-request-closed", data: { number: 7 } } as const

describe("the mark of an entry", () => {
  it("is bad when somebody closes the pull request that waits", () =>
    expect(marksOf(lives.ledger(...lives.healed, closed, lives.escalated)).slice(-2)).toEqual(["bad", "bad"]))

  it("is neutral when the pull request is tidied away after the end", () =>
    expect(marksOf(lives.ledger(...lives.healed, { type: "resolved", data: { how: "human-fix", by: "grace" } }, closed)).slice(-2)).toEqual(
      ["good", "idle"],
    ))
})
