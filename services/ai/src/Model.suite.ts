/** What every vendor's adapter promises, held to it over real HTTP against a scripted server. */
import { Lease } from "@ci-fix-pilot/actor/Lease"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import { Effect, Exit, Fiber, type Scope } from "effect"
import { describe, expect, it } from "vitest"
import type { Asks, ModelRequest } from "./Model.ts"

/** What the server shall do with one request. */
export type Step =
  | { readonly says: string }
  | { readonly calls: ReadonlyArray<{ readonly name: string; readonly input: unknown }> }
  | { readonly fails: number; readonly retryAfter?: number }
  | { readonly goes: "silent" | "reset" | "garbage" | "stalled" | "broken" | "short" | "failed" | "garbled" }
  | { readonly cutsOff: { readonly name: string; readonly input: unknown } }
  | { readonly refuses: string }

export interface VendorWorld {
  readonly asks: Asks
  readonly script: (...steps: ReadonlyArray<Step>) => void
  /** What arrived: texts, tools and the limit on the answer. */
  readonly requests: () => ReadonlyArray<{
    readonly text: string
    readonly tools: ReadonlyArray<string>
    readonly maxTokens: number | undefined
  }>
  readonly received: (count: number) => Promise<void>
  readonly hungUp: (count: number) => Promise<void>
}

export interface VendorSuite {
  readonly vendor: string
  /** Stalls are noticed after so long (ms); the price is $2 and $10. */
  readonly open: (key: "good" | "bad", stallMs: number) => Effect.Effect<VendorWorld, never, Scope.Scope>
}

const tool = { name: "look", description: "Looks.", parameters: { type: "object", properties: { at: { type: "string" } } } }
const request: ModelRequest = {
  system: "You are terse.",
  turns: [{ role: "user", text: "hello" }],
  tools: [tool],
  maxOutputTokens: 4_000,
  budgetUsd: 1,
}
const go = Lease.of({ confirm: Effect.void })
const lost = Lease.of({ confirm: Effect.fail(new Retry({ reason: "the lease is silent" })) })

/** Runs the contract on one vendor. */
export const modelSuite = ({ vendor, open }: VendorSuite) => {
  const inWorld = <A>(
    test: (world: VendorWorld) => Effect.Effect<A, unknown, Lease>,
    { lease = go, key = "good", stallMs = 20_000 }: { lease?: typeof go; key?: "good" | "bad"; stallMs?: number } = {},
  ) => Effect.runPromise(Effect.scoped(Effect.flatMap(open(key, stallMs), test)).pipe(Effect.provideService(Lease, lease)))

  describe(vendor, () => {
    it("answers with the text, what it used and what that cost", () =>
      inWorld(({ asks, script, requests }) =>
        Effect.gen(function* () {
          script({ says: "four words, two halves" })
          const reply = yield* asks.ask(request)
          expect(reply).toMatchObject({ text: "four words, two halves", calls: [], stop: "end" })
          const { inputTokens, outputTokens, costUsd } = reply.usage
          expect(costUsd).toBeCloseTo((inputTokens * 2 + outputTokens * 10) / 1_000_000, 6)
          expect([inputTokens > 0, outputTokens > 0]).toEqual([true, true])
          expect(requests()).toMatchObject([{ text: expect.stringContaining("You are terse."), tools: ["look"], maxTokens: 4_000 }])
        }),
      ))

    it("joins tool calls that come in pieces, and goes on with their results", () =>
      inWorld(({ asks, script, requests }) =>
        Effect.gen(function* () {
          const made = [
            { name: "look", input: { at: "left" } },
            { name: "look", input: { at: "right" } },
          ]
          script({ calls: made }, { says: "seen" })
          const first = yield* asks.ask(request)
          expect(first.stop).toBe("calls")
          expect(first.calls.map(({ name, input }) => ({ name, input }))).toEqual(made)
          const results = first.calls.map(({ id }, index) => ({ id, text: `result ${index}`, isError: index === 1 }))
          const second = yield* asks.ask({
            ...request,
            turns: [...request.turns, { role: "assistant", reply: first }, { role: "results", results }],
          })
          expect(second.text).toBe("seen")
          expect(requests()[1]?.text).toContain("result 1")
        }),
      ))

    it("goes on with a conversation that another vendor began", () =>
      inWorld(({ asks, script }) =>
        Effect.gen(function* () {
          script({ says: "taken over" })
          const usage = { model: "other", inputTokens: 1, outputTokens: 1, costUsd: 0.1 }
          const called = { id: "x1", name: "look", input: { at: "left" } }
          const reply = { text: "let me see", calls: [called], stop: "calls" as const, usage, native: { vendor: "other", content: {} } }
          const results = [{ id: "x1", text: "nothing there", isError: false }]
          const turns = [...request.turns, { role: "assistant" as const, reply }, { role: "results" as const, results }]
          expect((yield* asks.ask({ ...request, turns })).text).toBe("taken over")
        }),
      ))

    it("drops a call that was cut off", () =>
      inWorld(({ asks, script }) =>
        Effect.gen(function* () {
          script({ cutsOff: { name: "look", input: { at: "le" } } })
          expect(yield* asks.ask(request)).toMatchObject({ stop: "length", calls: [] })
        }),
      ))

    it("says when the vendor's rules ended the answer", () =>
      inWorld(({ asks, script }) =>
        Effect.gen(function* () {
          script({ refuses: "I will not" })
          expect((yield* asks.ask(request)).stop).toBe("refused")
        }),
      ))

    const failures: ReadonlyArray<readonly [string, Step, Record<string, unknown>]> = [
      ["a bad request", { fails: 400 }, { _tag: "RequestRefused" }],
      ["a request that is too large", { fails: 413 }, { _tag: "RequestRefused" }],
      ["a refused key", { fails: 401 }, { _tag: "VendorRefused" }],
      ["an unpaid bill", { fails: 402 }, { _tag: "VendorRefused" }],
      ["a missing permission", { fails: 403 }, { _tag: "VendorRefused" }],
      ["an unknown model", { fails: 404 }, { _tag: "VendorRefused" }],
      ["a rate limit that says how long", { fails: 429, retryAfter: 7 }, { _tag: "RateLimited", afterMs: 7_000 }],
      ["an overload", { fails: 529 }, { _tag: "ModelAway" }],
      ["a server's error", { fails: 500 }, { _tag: "ModelAway" }],
      ["a gateway's error", { fails: 502 }, { _tag: "ModelAway" }],
      ["silence", { goes: "silent" }, { _tag: "ModelAway" }],
      ["a reset", { goes: "reset" }, { _tag: "ModelAway" }],
      ["a page that is no answer", { goes: "garbage" }, { _tag: "ModelAway" }],
      ["a stalled stream", { goes: "stalled" }, { _tag: "ModelAway" }],
      ["a broken stream", { goes: "broken" }, { _tag: "ModelAway" }],
      ["a stream without its end", { goes: "short" }, { _tag: "ModelAway" }],
      ["a stream that turns into an error", { goes: "failed" }, { _tag: "ModelAway" }],
      ["a stream that turns into garbage", { goes: "garbled" }, { _tag: "ModelAway" }],
    ]
    /** Who answers that it failed has sold nothing; a gateway's word is not the vendor's. */
    const isPerhapsBilled = (step: Step) => "goes" in step || ("fails" in step && step.fails === 502)
    /** Patience is short only where nothing comes on purpose: a busy machine is no vendor in trouble. */
    const patienceFor = (step: Step) => ("goes" in step && (step.goes === "silent" || step.goes === "stalled") ? { stallMs: 300 } : {})
    it.each(failures)("tells %s apart, asks only once, and counts the most that it can have cost when nobody says", (_, step, failure) =>
      inWorld(
        ({ asks, script, requests }) =>
          Effect.gen(function* () {
            script(step, { says: "asked twice" })
            const told = yield* Effect.flip(asks.ask(request))
            expect(told).toMatchObject(failure)
            expect(JSON.stringify(told)).not.toContain("sk-good-key")
            expect(requests()).toHaveLength(1)
            const most = "usage" in told ? told.usage?.costUsd : undefined
            if (isPerhapsBilled(step)) expect(most).toBeGreaterThan(0.04)
            else expect(most).toBeUndefined()
            expect(most ?? 0).toBeLessThanOrEqual(request.budgetUsd)
          }),
        patienceFor(step),
      ),
    )

    it("never repeats the key when it is refused", () =>
      inWorld(
        ({ asks }) =>
          Effect.gen(function* () {
            const failure = yield* Effect.flip(asks.ask(request))
            expect(failure._tag).toBe("VendorRefused")
            expect(JSON.stringify(failure)).not.toContain("sk-wrong-key")
          }),
        { key: "bad" },
      ))

    it("asks nothing without a lease", () =>
      inWorld(
        ({ asks, script, requests }) =>
          Effect.gen(function* () {
            script({ says: "too late" })
            expect(yield* Effect.flip(asks.ask(request))).toMatchObject({ _tag: "Retry" })
            expect(requests()).toEqual([])
          }),
        { lease: lost },
      ))

    it("lets the budget limit the answer, and asks nothing when it does not pay for one", () =>
      inWorld(({ asks, script, requests }) =>
        Effect.gen(function* () {
          script({ says: "short" })
          yield* asks.ask({ ...request, budgetUsd: 0.02 })
          const limit = requests()[0]?.maxTokens ?? 0
          expect(limit).toBeGreaterThan(1_024)
          expect(limit).toBeLessThan(2_000)
          expect(yield* Effect.flip(asks.ask({ ...request, budgetUsd: 0.005 }))).toMatchObject({ _tag: "TooExpensive", budgetUsd: 0.005 })
          const long = { ...request, turns: [{ role: "user" as const, text: "x".repeat(300_000) }] }
          expect(yield* Effect.flip(asks.ask(long))).toMatchObject({ _tag: "TooExpensive" })
          expect(requests()).toHaveLength(1)
        }),
      ))

    it("hangs up when it is interrupted", () =>
      inWorld(({ asks, script, received, hungUp }) =>
        Effect.gen(function* () {
          script({ goes: "stalled" })
          const asking = yield* Effect.forkChild(asks.ask(request), { startImmediately: true })
          yield* Effect.promise(() => received(1))
          yield* Fiber.interrupt(asking)
          expect(Exit.hasInterrupts(yield* Fiber.await(asking))).toBe(true)
          yield* Effect.promise(() => hungUp(1))
        }),
      ))
  })
}
