import type { Event } from "@ci-fix-pilot/contract/events"
import { Service } from "@ci-fix-pilot/contract/ids"
import { inboxSubject } from "@ci-fix-pilot/contract/who-may-say"
import { noFacts } from "@ci-fix-pilot/lifecycle/input"
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { evolve, type Run } from "@ci-fix-pilot/lifecycle/run"
import { ciFailed, digest, patch, proposal, result, runIdOf, scriptedAnswer, target } from "@ci-fix-pilot/testkit/scripted-answers"
import { describe, expect, it } from "vitest"
import type { CommandRow } from "./Ledger.ts"
import { type Item, planBatch } from "./plan-batch.ts"

const [runId, otherRun] = [runIdOf(1), runIdOf(2)]
const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"
const facts = { of: () => noFacts, note: () => {} }

/** A fix of it is being validated: whoever says that it was may open a pull request. */
const validating: Run = {
  ...evolve(undefined, { type: "ci-failed", data: ciFailed(1) }),
  phase: "validating",
  reproduction: { plan: [], failing: result(1), signature: "00000000000000aa", digest, sandbox: { kind: "bubblewrap", image: "host" } },
  attempts: [{ n: 1, strategy: "model", outcome: "open", proposal }],
}
const commandOf = (commandId: string, about: string): CommandRow => ({
  ...{ commandId, runId: about, type: "validator.validate-fix", dispatch: 1 },
  ...{ tries: 1, open: true, maxUsd: 0, holder: "h" },
})
const mine = `${runId}.9.0`
const theirs = `${otherRun}.9.0`
const proven = scriptedAnswer({
  type: "validator.validate-fix",
  data: { target: target(1), patch, strategy: "model", before: result(1), plan: [] },
})
const approval: Event = { type: "review-given", data: { action: "approve", reviewer: "nobody" } }
const merged: Event = { type: "pull-request-merged", data: {} }

const said = (saidOn: string, event: Event, { id, causedBy, about = runId }: { id: string; causedBy?: string; about?: string }): Item => ({
  ...{ id, runId: about, traceparent },
  what: {
    kind: "message",
    message: { id, at: "", runId: about, traceparent, ...(causedBy === undefined ? {} : { causedBy }), ...event },
    saidOn,
  },
})
const answer = (saidOn: string, event: Event, about = runId, holder = "h") =>
  said(saidOn, event, { id: `${mine}#1#${holder}`, causedBy: `${mine}#1`, about })

const rows = [runId, otherRun].map((id) => ({ runId: id, seq: 8, state: validating }))
const plan = (...items: ReadonlyArray<Item>) =>
  planBatch(items, rows, [commandOf(mine, runId), commandOf(theirs, otherRun)], facts, defaultPolicy)
const nothing = (({ refused: _, ...rest }) => rest)(plan())

const others = Service.literals.filter((service) => service !== "validator")
const forged: Readonly<Record<string, Item>> = {
  ...Object.fromEntries(others.map((service) => [`a proof that ${service} says`, answer(`evt.${service}.fix-validated`, proven)])),
  ...Object.fromEntries(
    Service.literals
      .filter((service) => service !== "api")
      .map((service) => [`an approval that ${service} gives`, said(`evt.${service}.review-given`, approval, { id: "inbox:review:x" })]),
  ),
  "a proof on the subject of a review": answer("evt.api.review-given", proven),
  "an approval on the subject of a proof": answer("evt.validator.fix-validated", approval),
  "a proof that answers no command": said("evt.validator.fix-validated", proven, { id: "x" }),
  "a proof that answers a command which nobody gave": said("evt.validator.fix-validated", proven, { id: "c#1#h", causedBy: "c#1" }),
  "a proof for another run than its command's": answer("evt.validator.fix-validated", proven, otherRun),
  "a proof under the id of a review": said("evt.validator.fix-validated", proven, { id: "inbox:review:x", causedBy: `${mine}#1` }),
  "an answer that the command may not have": answer("evt.validator.reproduced", { type: "diagnosed", data: { diagnosis: {} } } as never),
  "an approval in the inbox that a webhook brought": said(inboxSubject("webhook", "review-given"), approval, { id: "inbox:webhook:x" }),
  "a proof in the inbox": said(inboxSubject("review", "fix-validated"), proven, { id: "inbox:review:x" }),
  "a merge in the inbox that a reviewer reports": said(inboxSubject("review", merged.type), merged, { id: "inbox:review:x" }),
  "a merge in the inbox that answers a command": said(inboxSubject("github", merged.type), merged, {
    ...{ id: "inbox:github:x", causedBy: `${mine}#1` },
  }),
}

describe("a forged message", () => {
  it.each(Object.entries(forged))("%s is refused, and nothing comes of it", (_, item) => {
    const { refused, ...rest } = plan(item)
    expect(refused).toEqual([{ item, why: expect.stringMatching(/\w/u) }])
    expect(rest).toEqual(nothing)
  })

  it("leaves a batch as it would be without it, wherever it comes in it", () => {
    const real = [
      answer("evt.validator.fix-validated", proven),
      said(
        "evt.validator.fix-rejected",
        { type: "fix-rejected", data: { why: "still red" } },
        {
          ...{ id: `${theirs}#1#h`, causedBy: `${theirs}#1`, about: otherRun },
        },
      ),
    ]
    const { refused: none, ...without } = plan(...real)
    expect(none).toEqual([])
    expect(without.applied).toEqual(real.map(({ id }) => id))
    for (const item of Object.values(forged))
      for (const at of [0, 1, 2]) {
        const { refused, ...rest } = plan(...real.toSpliced(at, 0, item))
        expect(refused.map((one) => one.item)).toEqual([item])
        expect(rest).toEqual(without)
      }
  })

  it("is left out without a word when it answers a command of a run that there is not: what a ledger has asked that was set back", () => {
    const id = `${runIdOf(3)}.9.0#1#h`
    expect(plan(said("evt.validator.fix-validated", proven, { id, causedBy: `${runIdOf(3)}.9.0#1`, about: runIdOf(3) }))).toEqual(plan())
  })

  it("takes nobody's id, though it came first", () => {
    const real = answer("evt.validator.fix-validated", proven)
    const { applied, refused, entries } = plan(answer("evt.ai.fix-validated", proven), real)
    expect([applied, refused.length]).toEqual([[real.id], 1])
    expect(entries.map(({ event }) => event.type)).toContain("fix-validated")
  })
})
