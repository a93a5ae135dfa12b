import type { Event } from "@ci-fix-pilot/contract/events"
import type { Input } from "@ci-fix-pilot/lifecycle/input"
import { noFacts } from "@ci-fix-pilot/lifecycle/input"
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { evolve, type Run } from "@ci-fix-pilot/lifecycle/run"
import { ciFailed, digest, proposal, result, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { describe, expect, it } from "vitest"
import { batchFacts } from "./batch-facts.ts"
import type { CommandRow } from "./Ledger.ts"
import { type Item, planBatch } from "./plan-batch.ts"

const runId = runIdOf(1)
const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"
const facts = { of: () => noFacts, note: () => {} }

const begun: Run = {
  ...evolve(undefined, { type: "ci-failed", data: ciFailed(1) }),
  phase: "proposing",
  reproduction: { plan: [], failing: result(1), signature: "00000000000000aa", digest, sandbox: { kind: "bubblewrap", image: "host" } },
  attempts: [{ n: 1, strategy: "model", outcome: "open" }],
}
const asked: CommandRow = { commandId: "c1", runId, type: "ai.propose-fix", dispatch: 2, tries: 2, open: true, maxUsd: 0.5, holder: "b" }

const answer = (holder: string, event: Event, more: { readonly unleased?: boolean } = {}): Item => {
  const id = `c1#${holder}`
  return {
    id,
    runId,
    traceparent,
    what: {
      kind: "message",
      message: { id, at: "", runId, traceparent, causedBy: `c1#${holder.split("#")[0]}`, ...more, ...event },
      saidOn: undefined,
    },
  }
}
const said = (id: string, event: Event, about = runId): Item => ({
  id,
  runId: about,
  traceparent,
  what: { kind: "message", message: { id, at: "", runId: about, traceparent, ...event }, saidOn: undefined },
})
const noticed = (input: Input, commandId: string): Item => ({
  id: `gave-up:${commandId}`,
  runId,
  traceparent,
  what: { kind: "noticed", input, commandId },
})

const plan = (items: ReadonlyArray<Item>, run = begun, command = asked) =>
  planBatch(items, [{ runId, seq: 7, state: run }], [command], facts, defaultPolicy)

describe("failures of one repository", () => {
  it("wait in the order in which they came, also within a batch", () => {
    const repository = ciFailed(1).target.repository.toLowerCase()
    const counts = batchFacts([{ repository, active: 1, queued: 0, openPullRequests: 0 }], [])
    const failures = [1, 2, 3].map((n): Item => {
      return said(`inbox:webhook:${n}`, { type: "ci-failed", data: ciFailed(1) }, runIdOf(n))
    })
    const [first, second, third] = failures as [Item, Item, Item]
    const abort = said("inbox:review:r", { type: "review-given", data: { action: "abort", reviewer: "ada" } })
    const { runs } = planBatch([first, second, abort, third], [], [], counts, defaultPolicy)
    expect([...runs.values()].map(({ state }) => state.phase)).toEqual(["aborted", "queued", "queued"])
  })
})

describe("fixes of one repository that are approved at once", () => {
  it("leave as far as there is room for their pull requests; the other reviewer is told", () => {
    const repository = ciFailed(1).target.repository.toLowerCase()
    const counts = batchFacts([{ repository, active: 0, queued: 0, openPullRequests: 2 }], [])
    const waiting: Run = { ...begun, phase: "awaiting-approval", approvalReasons: ["a fork"] }
    const approvals = [1, 2].map((n): Item => {
      const data = { action: "approve", reviewer: "grace", expectedPhase: "awaiting-approval" } as const
      return said(`inbox:review:${n}`, { type: "review-given", data }, runIdOf(n))
    })
    const rows = [1, 2].map((n) => ({ runId: runIdOf(n), seq: 7, state: waiting }))
    const { runs, outcomes } = planBatch(approvals, rows, [], counts, defaultPolicy)
    expect([...runs.values()].map(({ state }) => state.phase)).toEqual(["delivering", "awaiting-approval"])
    expect([...outcomes.values()].map(({ result }) => result)).toEqual(["applied", "conflict"])
  })
})

describe("a batch", () => {
  it("closes a command that two holders answer in it, and settles the money of both", () => {
    const { changes, entries } = plan([
      answer("1#a", { type: "fix-proposed", data: { proposal } }),
      answer("2#b", { type: "fix-declined", data: { why: "nothing found" } }),
    ])
    expect(entries.map(({ event }) => event.type)).toEqual(["fix-proposed", "answer-ignored"])
    expect(changes).toEqual([expect.objectContaining({ commandId: "c1", closed: true, outcome: "fix-proposed", settledUsd: 1 })])
  })

  it("asks for nothing more for a run that ends later in it", () => {
    const { commands } = plan([
      answer("1#a", { type: "fix-proposed", data: { proposal } }),
      said("inbox:review:1", { type: "review-given", data: { action: "abort", reviewer: "grace" } }),
    ])
    expect(commands.map(({ command }) => command.type)).not.toContain("validator.validate-fix")
  })

  it("tells a refusal from silence: what GitHub says no to it will say no to again", () => {
    const closing: CommandRow = { ...asked, type: "github.close-pull-request", tries: 6, maxUsd: 0 }
    const wrote = (event: Event) => plan([answer("2#b", event)], { ...begun, phase: "escalated" }, closing).entries[0]?.event
    const data = { command: closing.type, why: "no rights" }
    expect(wrote({ type: "failed-for-good", data: { reason: "no rights" } })).toEqual({ type: "gave-up", data: { ...data, forGood: true } })
    const away = { ...data, why: "away (tried 6 times)" }
    expect(wrote({ type: "postponed", data: { afterMs: 1, why: "away" } })).toEqual({ type: "gave-up", data: away })
  })

  it("hears of our own merge from GitHub first: the branch is still deleted, the approver named, and the hand's answer no news", () => {
    const pullRequest = { number: 1, url: "", branch: "ci-fix-pilot/x", headSha: "d".repeat(40), adopted: false, author: "bot" }
    const open = { ...begun, phase: "fixed", deliveryStarted: true, pullRequest: { ...pullRequest, state: "open" } } as const
    const merging: Run = { ...open, merging: true, mergeApprovedBy: "grace" }
    const command: CommandRow = { ...asked, type: "github.merge-pull-request", maxUsd: 0 }
    const merged: Event = { type: "pull-request-merged", data: { number: 1, by: "bot" } }
    const { entries, commands, over } = plan([said("inbox:github:1", merged), answer("2#b", merged)], merging, command)
    expect(entries.map(({ event }) => event.type)).toEqual(["pull-request-merged", "resolved"])
    expect(entries.map(({ event }) => event.data)).toMatchObject([{ by: "grace" }, { by: "grace" }])
    expect(commands.map(({ command }) => command.type)).toContain("github.close-pull-request")
    expect(over).toEqual([runId])
  })

  it("keeps the money of a holder that never answered", () => {
    const { changes } = plan([noticed({ kind: "gave-up", command: "ai.propose-fix", why: "no answer came in time" }, "c1")])
    expect(changes).toEqual([expect.objectContaining({ commandId: "c1", closed: true, settledUsd: 0 })])
  })

  it("keeps the money of a holder that died when the answer came from one that never reserved any", () => {
    const declined: Event = { type: "fix-declined", data: { why: "nothing found" } }
    const settled = (holder: string) => plan([answer(holder, declined, { unleased: true })]).changes[0]?.settledUsd
    expect(settled("2#c")).toBe(0)
    // It was given the lease, and had answered before it heard of it.
    expect(settled("2#b")).toBe(0.5)
  })

  it("counts the try of a holder that was postponed before it had a lease", () => {
    const tries = (holder: string, uncounted = false) =>
      plan([answer(holder, { type: "postponed", data: { afterMs: 1, why: "away", uncounted } }, { unleased: true })]).changes[0]?.tries
    expect([tries("2#c"), tries("2#b"), tries("2#c", true)]).toEqual([3, 2, 2])
  })

  it("gives a command the time back that it was told to wait, and only that", () => {
    const told = plan([answer("2#a", { type: "postponed", data: { afterMs: 900_000, why: "rate limit", uncounted: true } })])
    expect(told.changes).toEqual([expect.objectContaining({ closed: false, dispatch: 3, tries: 1, delayMs: 900_000, extendMs: 900_000 })])
    const broken = plan([answer("2#a", { type: "postponed", data: { afterMs: 4_000, why: "away" } })])
    expect(broken.changes).toEqual([expect.objectContaining({ closed: false, dispatch: 3, tries: 2, delayMs: 4_000, extendMs: 0 })])
  })

  it("lets a notice wait within its day, however often it is told to", () => {
    const notice: CommandRow = { ...asked, type: "notifier.notify", tries: 0, maxUsd: 0 }
    const { changes } = plan(
      [answer("2#a", { type: "postponed", data: { afterMs: 3_600_000, why: "Slack is away", uncounted: true } })],
      begun,
      notice,
    )
    expect(changes).toEqual([expect.objectContaining({ closed: false, dispatch: 3, tries: 0, delayMs: 3_600_000, extendMs: 0 })])
  })

  it("lets whoever holds a newer dispatch work on: an older one that was postponed gives its money and its try back, and no more", () => {
    const late = { type: "postponed", data: { afterMs: 4_000, why: "rate limit", uncounted: true } } as const
    const { changes } = plan([answer("1#a", late)])
    expect(changes).toEqual([
      { commandId: "c1", closed: false, outcome: "", settledUsd: 0.5, dispatch: 2, tries: 1, delayMs: 0, extendMs: 0 },
    ])
  })

  it.each(["postponed", "failed-for-good"] as const)("gives the money of a closed command back when a late holder says %s", (type) => {
    const data = { afterMs: 1, why: "away", reason: "no rights" }
    const { changes, entries } = plan([answer("2#a", { type, data })], begun, { ...asked, open: false })
    expect(changes).toEqual([expect.objectContaining({ closed: false, settledUsd: 0.5, dispatch: 2 })])
    expect(entries).toEqual([])
  })
})
