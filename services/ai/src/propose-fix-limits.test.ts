import { Lease } from "@ci-fix-pilot/actor/Lease"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import type { CommandData } from "@ci-fix-pilot/contract/commands"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { calls, make, type Scripted } from "./Model.scripted.ts"
import { ModelAway, RateLimited, RequestRefused, VendorRefused } from "./Model.ts"
import { files, goodFix, proposeFix } from "./material-fixture.ts"
import { handle } from "./propose-fix.ts"
import * as Memory from "./Sources.memory.ts"
import { Sources, SourcesAway } from "./Sources.ts"

const go = Lease.of({ confirm: Effect.void })

const propose = (script: ReadonlyArray<Scripted>, data: Partial<CommandData<"ai.propose-fix">> = {}, more: Record<string, string> = {}) => {
  const { requests, layer } = make(script)
  const answer = handle(proposeFix(data)).pipe(
    Effect.provide([layer, Memory.layer({ ...files, ...more })]),
    Effect.provideService(Lease, go),
  )
  return { requests, answer }
}

describe("proposing a fix within limits", () => {
  it.effect("shrinks the prompt once when it is refused, then declines", () =>
    Effect.gen(function* () {
      const refused = new RequestRefused({ reason: "prompt is too long" })
      const noise = Array.from({ length: 3_000 }, (_, at) => `line ${at}`).join("\n")
      const digest = { ...proposeFix().data.digest, text: noise.slice(0, 24_000) }
      const { requests, answer } = propose([refused, calls("propose_fix", goodFix)], { digest })
      expect((yield* answer).type).toBe("fix-proposed")
      const [before, after] = requests.map(({ turns: [turn] }) => (turn?.role === "user" ? turn.text.length : 0))
      expect(after).toBeLessThan(before ?? 0)
      expect(yield* propose([refused, refused]).answer).toMatchObject({
        type: "fix-declined",
        data: { why: expect.stringContaining("does not take the prompt") },
      })
    }),
  )

  it.effect("shrinks the prompt once to what the budget pays for", () =>
    Effect.gen(function* () {
      const digest = { ...proposeFix().data.digest, text: "x = 1\n".repeat(4_000) }
      const more = Object.fromEntries(["one", "two", "three"].map((name) => [`${name}.js`, "let x = 1\n".repeat(399)]))
      const suspects = { ...proposeFix().data.diagnosis, suspectFiles: Object.keys(more) }
      const { requests, answer } = propose([calls("propose_fix", goodFix)], { digest, diagnosis: suspects, maxCostUsd: 0.09 }, more)
      expect((yield* answer).type).toBe("fix-proposed")
      const [turn] = requests[0]?.turns ?? []
      expect(turn?.role === "user" ? turn.text.length : 0).toBeLessThan(26_000)
    }),
  )

  it.effect("asks nothing that the budget does not pay for, and never spends more than it", () =>
    Effect.gen(function* () {
      const poor = propose([calls("propose_fix", goodFix)], { maxCostUsd: 0.001 })
      expect(yield* poor.answer).toMatchObject({ type: "fix-declined", data: { why: expect.stringContaining("do not pay") } })
      expect(poor.requests).toEqual([])
      const reading = propose(
        Array.from({ length: 8 }, () => calls("read_file", { path: "long.js" })),
        { maxCostUsd: 0.06 },
        { "long.js": "x = 1\n".repeat(400) },
      )
      const answer = yield* reading.answer
      expect(answer).toMatchObject({ type: "fix-declined", data: { why: "the budget is used up" } })
      if (answer.type === "fix-declined") expect(answer.data.usage?.costUsd).toBeLessThanOrEqual(0.06)
      expect(reading.requests.length).toBeLessThan(8)
    }),
  )

  it.effect.each([
    [
      "waits as told on a rate limit, uncounted",
      new RateLimited({ reason: "429", afterMs: 7_000 }),
      { _tag: "Retry", afterMs: 7_000, uncounted: true },
    ],
    ["tries again when the model is away", new ModelAway({ reason: "529" }), { _tag: "Retry", reason: "529" }],
    ["gives up on a refused key", new VendorRefused({ reason: "401" }), { _tag: "Terminal", reason: expect.stringContaining("401") }],
    [
      "tries again when the lease is in doubt",
      new Retry({ reason: "the lease is silent" }),
      { _tag: "Retry", reason: "the lease is silent" },
    ],
  ] satisfies ReadonlyArray<[string, Scripted, Record<string, unknown>]>)("%s", ([, failure, expected]) =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(propose([failure]).answer)).toMatchObject(expected)
      const later = yield* Effect.flip(propose([calls("list_files", {}), failure]).answer)
      expect(later, "what the first reply cost is told with the failure").toMatchObject({ ...expected, usage: { model: "scripted" } })
    }),
  )

  it.effect("says what a call can have cost that broke off, the first one too", () =>
    Effect.gen(function* () {
      const broken = new ModelAway({ reason: "the stream broke off" })
      const [first, second] = yield* Effect.all([
        Effect.flip(propose([broken]).answer),
        Effect.flip(propose([calls("list_files", {}), broken]).answer),
      ])
      const costs = [first, second].map((failure) => failure.usage?.costUsd ?? 0)
      expect(costs[0]).toBeGreaterThan(0.1)
      expect(costs[1]).toBeGreaterThan(0.1)
      for (const cost of costs) expect(cost).toBeLessThanOrEqual(proposeFix().data.maxCostUsd)
      const overloaded = new ModelAway({ reason: "529", unbilled: true })
      expect((yield* Effect.flip(propose([overloaded]).answer)).usage).toBeUndefined()
    }),
  )

  it.effect("tries again, before any money is spent, when nobody answers for the files", () =>
    Effect.gen(function* () {
      const { model, requests, layer } = make([])
      const away = () => Effect.fail(new SourcesAway({ reason: "nobody" }))
      const sources = Sources.of({ readFile: away, search: away, list: away })
      const missing = Sources.of({ ...Memory.of(files), list: () => Effect.succeed({ missing: "the mirror cannot be made" }) })
      for (const each of [sources, missing]) {
        const answer = handle(proposeFix()).pipe(
          Effect.provide(layer),
          Effect.provideService(Sources, each),
          Effect.provideService(Lease, go),
        )
        expect(yield* Effect.flip(answer)).toMatchObject({ _tag: "Retry" })
      }
      expect([requests.length, model.name]).toEqual([0, "scripted"])
    }),
  )

  it.effect("confirms its lease before every call of the model, and makes none without", () =>
    Effect.gen(function* () {
      const { requests, layer } = make([calls("list_files", {}), calls("list_files", {}), calls("propose_fix", goodFix)])
      let confirmed = 0
      const lostAtThird = Lease.of({
        confirm: Effect.suspend(() => {
          confirmed += 1
          return confirmed < 3 ? Effect.void : Effect.fail(new Retry({ reason: "the lease is stale", uncounted: true }))
        }),
      })
      const answer = handle(proposeFix()).pipe(Effect.provide([layer, Memory.layer(files)]), Effect.provideService(Lease, lostAtThird))
      expect(yield* Effect.flip(answer)).toMatchObject({ _tag: "Retry", reason: "the lease is stale" })
      expect([confirmed, requests.length]).toEqual([3, 2])
    }),
  )
})
