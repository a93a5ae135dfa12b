import { describe, expect, it } from "vitest"
import { commandTypes } from "./commands.ts"
import { answers, type EventType, events } from "./events.ts"
import { Service } from "./ids.ts"
import { answerableOn, inboxSubject, presumedSubject, refusal } from "./who-may-say.ts"

const runId = "run_000000000000000000000001"
const otherRun = "run_000000000000000000000002"
const command = `${runId}.3.0`
const facts = Object.keys(events) as ReadonlyArray<EventType>
const ofAny: ReadonlyArray<EventType> = ["postponed", "failed-for-good"]

const answer = (type: EventType) => ({ id: `${command}#1#holder`, type, runId, causedBy: `${command}#1` })
const fact = (type: EventType, source: string) => ({ id: `inbox:${source}:1`, type, runId })

describe("an answer", () => {
  it("is believed of the service that was asked, when the command may be answered so, and of no other", () => {
    const believed = commandTypes.flatMap((asked) =>
      Service.literals.flatMap((service) =>
        facts
          .filter((type) => refusal(answer(type), `evt.${service}.${type}`, { type: asked, runId }) === undefined)
          .map((type) => `${service} says ${type} to ${asked}`),
      ),
    )
    const expected = commandTypes.flatMap((asked) =>
      [...answers[asked], ...ofAny].map((type) => `${asked.split(".")[0]} says ${type} to ${asked}`),
    )
    expect(believed.sort()).toEqual(expected.sort())
  })

  it.each([
    ["on the subject of another fact", answer("fix-validated"), "evt.validator.fix-rejected", runId, "fix-validated is not said on"],
    ["with a command of another run", answer("fix-validated"), "evt.validator.fix-validated", otherRun, "another run"],
    ["under the id of another", { ...answer("fix-validated"), id: "inbox:review:1" }, "evt.validator.fix-validated", runId, "its id"],
    ["from the inbox", answer("fix-validated"), inboxSubject("webhook", "fix-validated"), runId, "is not said on"],
  ] as const)("%s is not", (_, said, subject, askedRun, why) => {
    expect(refusal(said, subject, { type: "validator.validate-fix", runId: askedRun })).toContain(why)
  })

  it("to a command that nobody has given is not", () => {
    expect(refusal(answer("fix-validated"), "evt.validator.fix-validated", undefined)).toContain("no such command")
    expect(refusal({ id: "x", type: "fix-validated", runId }, "evt.validator.fix-validated", undefined)).toContain("no such command")
  })
})

describe("a fact that nobody asked for", () => {
  it("is believed of the source that reports it, in the inbox and of its writer on the bus, and of no other", () => {
    const named = ["webhook", "github", "review", "resend"]
    const places = [...named.map((source) => `inbox.${source}`), ...Service.literals.map((service) => `evt.${service}`)]
    const believed = places.flatMap((place) =>
      named.flatMap((source) =>
        facts
          .filter((type) => refusal(fact(type, source), `${place}.${type}`, undefined) === undefined)
          .map((type) => `${place} says ${source}'s ${type}`),
      ),
    )
    const ofGithub = ["ci-failed", "pull-request-merged", "pull-request-closed", "pull-request-checks"]
    expect(believed).toEqual([
      "inbox.webhook says webhook's ci-failed",
      ...ofGithub.map((type) => `inbox.github says github's ${type}`),
      "inbox.review says review's review-given",
      "evt.ingest says webhook's ci-failed",
      ...ofGithub.map((type) => `evt.ingest says github's ${type}`),
      "evt.api says review's review-given",
    ])
  })

  it("is not when it says that it answers something", () => {
    const said = { ...fact("pull-request-closed", "github"), causedBy: `${command}#1` }
    expect(refusal(said, "evt.ingest.pull-request-closed", { type: "github.close-pull-request", runId })).toContain("answers nobody")
  })
})

describe("one that was put aside before it was noted where it was said", () => {
  it("is taken for an answer of whoever was asked, or for a fact of the source in its id", () => {
    const asked = { type: "validator.validate-fix", runId } as const
    const presumed = (said: Parameters<typeof refusal>[0], to?: typeof asked) => refusal(said, presumedSubject(said, to), to)
    expect(presumed(answer("fix-validated"), asked)).toBeUndefined()
    expect(presumed(fact("ci-failed", "webhook"))).toBeUndefined()
    expect(presumed(answer("diagnosed"), asked)).toContain("not said")
    expect(presumed(answer("fix-validated"))).toContain("not said")
    expect(presumed(fact("review-given", "webhook"))).toContain("not said")
  })
})

it("what is said on a subject answers the commands that may be answered so", () => {
  expect(answerableOn("evt.github.pull-request-merged")).toEqual([
    "github.open-pull-request",
    "github.merge-pull-request",
    "github.close-pull-request",
    "github.check-pull-request",
  ])
  expect(answerableOn("evt.api.review-given")).toEqual([])
  expect(answerableOn("evt.nobody.says")).toEqual([])
})
