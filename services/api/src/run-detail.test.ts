import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { RunDetail } from "@ci-fix-pilot/contract/run-view"
import { target } from "@ci-fix-pilot/testkit/scripted-answers"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { acceptedRun, fold, runDetail } from "./run-detail.ts"
import { escalated, failed, fixed, patch, runId } from "./stories.suite.ts"

const summary = {
  runId: runId(1),
  repository: "acme/shop-1",
  branch: "main",
  commitSha: "a".repeat(40),
  title: "",
  status: "fixed",
  phase: "fixed",
  signature: null,
  attempt: 1,
  maxAttempts: 3,
  strategy: null,
  pullRequestUrl: null,
  costUsd: 0,
  createdAt: "",
  updatedAt: "",
  stoppedAt: null,
  failure: null,
  kind: null,
  seq: 2,
  deadlineAt: null,
} as const
const ledgerOf = (events: ReadonlyArray<RunEvent>) =>
  events.map((event, at) => ({
    runId: runId(1),
    seq: at + 1,
    position: at + 41,
    type: event.type,
    at: "",
    causedBy: null,
    traceparent: "",
    data: event.data,
    event,
  }))

describe("a run in full", () => {
  it.each([
    ["just begun", [failed(1)]],
    ["fixed", fixed(1)],
    ["escalated", escalated(1)],
  ])("fits what the API promises when it has %s", (_, events) => {
    const detail = runDetail(summary, ledgerOf(events))
    expect(Schema.decodeUnknownSync(RunDetail)(JSON.parse(JSON.stringify(detail)))).toEqual(detail)
  })

  it("shows the proof of the newest proven fix and where its ledger ends", () => {
    expect(runDetail(summary, ledgerOf(fixed(1)))).toMatchObject({ position: 48, proof: { patchSha256: patch.sha256 } })
  })

  it("shows entries as the stream does", () => {
    expect(runDetail(summary, ledgerOf([failed(1)]))?.events).toEqual(ledgerOf([failed(1)]).map(({ event: _, ...entry }) => entry))
  })

  it("fits what the API promises when nobody has begun it", () => {
    const detail = acceptedRun(runId(1), { data: { title: "", target: target(1) }, at: "2026-11-23T01:00:00.000Z" })
    expect(Schema.decodeUnknownSync(RunDetail)(JSON.parse(JSON.stringify(detail)))).toEqual(detail)
  })

  it("is nothing without a ledger", () => {
    expect(fold([])).toBeUndefined()
    expect(runDetail(summary, [])).toBeUndefined()
  })
})
