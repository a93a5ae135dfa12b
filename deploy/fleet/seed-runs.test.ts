import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { describe, expect, it } from "vitest"
import { runRow } from "./seed-runs.ts"

const commitSha = "c".repeat(40)
const pullRequest = { number: 7, url: "https://forge.test/acme/shop/pull/7", branch: "b", headSha: "d".repeat(40), adopted: false }
const failed: RunEvent = {
  type: "ci-failed",
  data: { target: { provider: "github", repository: "acme/shop", branch: "main", commitSha }, title: "CI failed" },
}
const fixed: RunEvent = { type: "pull-request-opened", data: { pullRequest } }
const times = (...events: ReadonlyArray<RunEvent>) => {
  const row = runRow({ runId: "run_1", events, ago: 100, apart: 10 }, 1_000_000)
  return [row.created_at, row.updated_at, row.stopped_at].map((time) => time?.getTime())
}

describe("the row of a seeded run", () => {
  it("stopped with the entry that was its first stop, and changed last with its last", () =>
    expect(times(failed, fixed, { type: "resolved", data: { how: "merged" } })).toEqual([900_000, 920_000, 910_000]))

  it("has not stopped while it is at work", () =>
    expect(times(failed, { type: "fetch-started", data: {} })).toEqual([900_000, 910_000, undefined]))
})
