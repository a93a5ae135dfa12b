import { Lease } from "@ci-fix-pilot/actor/Lease"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import type { CommandData } from "@ci-fix-pilot/contract/commands"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { handle } from "./diagnose.ts"
import * as None from "./Model.none.ts"
import { calls, make, type Scripted } from "./Model.scripted.ts"
import { ModelAway, RateLimited, RequestRefused, VendorRefused } from "./Model.ts"
import { diagnose, digest } from "./material-fixture.ts"

/** A log that no rule understands. */
const vague = { text: "doing things\nit went wrong somehow", firstError: 1, totalLines: 2, totalBytes: 35, redactions: 0 }
const said = {
  kind: "configuration",
  summary: "the deploy target is not set",
  suspectFiles: ["/workspace/src/deploy.ts", "../../etc/passwd"],
  confidence: 0.7,
}

const ask = (script: ReadonlyArray<Scripted>, data: Partial<CommandData<"ai.diagnose">> = {}) => {
  const { requests, layer } = make(script)
  const answer = handle(diagnose(data)).pipe(Effect.provide(layer), Effect.provideService(Lease, Lease.of({ confirm: Effect.void })))
  return { requests, answer }
}

describe("diagnosing", () => {
  it.effect("asks nobody when the rules are sure", () =>
    Effect.gen(function* () {
      const { requests, answer } = ask([], { digest })
      const event = yield* answer
      expect(event).toMatchObject({ type: "diagnosed", data: { diagnosis: { by: "rules", kind: "test" }, modelAvailable: true } })
      expect(event.data).not.toHaveProperty("usage")
      expect(requests).toEqual([])
    }),
  )

  it.effect("asks the model when they are not, and keeps only paths of the repository", () =>
    Effect.gen(function* () {
      const { requests, answer } = ask([calls("diagnose", said)], { digest: vague })
      expect(yield* answer).toMatchObject({
        type: "diagnosed",
        data: {
          diagnosis: {
            by: "model",
            kind: "configuration",
            summary: said.summary,
            firstError: "it went wrong somehow",
            suspectFiles: ["src/deploy.ts"],
            confidence: 0.7,
          },
          usage: { model: "scripted" },
        },
      })
      expect(JSON.stringify(requests)).toContain("it went wrong somehow")
    }),
  )

  it.effect("asks nobody when there is no money", () =>
    Effect.gen(function* () {
      for (const maxCostUsd of [0, -1, 0.0001]) {
        const { requests, answer } = ask([calls("diagnose", said)], { digest: vague, maxCostUsd })
        expect(yield* answer).toMatchObject({ data: { diagnosis: { by: "rules" } } })
        expect(requests).toEqual([])
      }
    }),
  )

  it.effect("says that there is no model to ask", () =>
    Effect.gen(function* () {
      const answer = handle(diagnose({ digest: vague })).pipe(
        Effect.provide(None.layer),
        Effect.provideService(Lease, Lease.of({ confirm: Effect.void })),
      )
      expect(yield* answer).toMatchObject({ data: { modelAvailable: false, diagnosis: { by: "rules" } } })
    }),
  )

  it.effect.each([
    ["is away", [new ModelAway({ reason: "529" })]],
    ["is busy", [new RateLimited({ reason: "429", afterMs: 1 })]],
    ["refuses the key", [new VendorRefused({ reason: "401" })]],
    ["refuses the prompt", [new RequestRefused({ reason: "400" })]],
    ["may not be asked without a lease", [new Retry({ reason: "silent" })]],
  ] satisfies ReadonlyArray<[string, ReadonlyArray<Scripted>]>)("falls back to the rules when the model %s", ([, script]) =>
    Effect.gen(function* () {
      expect(yield* ask(script, { digest: vague }).answer).toMatchObject({ type: "diagnosed", data: { diagnosis: { by: "rules" } } })
    }),
  )

  it.effect("says what a call can have cost that broke off", () =>
    Effect.gen(function* () {
      const broken = ask([new ModelAway({ reason: "the stream broke off" })], { digest: vague })
      expect(yield* broken.answer).toMatchObject({ data: { diagnosis: { by: "rules" }, usage: { model: "scripted" } } })
    }),
  )

  it.effect("mends one answer that does not fit, then falls back to the rules and says what it cost", () =>
    Effect.gen(function* () {
      const nonsense = calls("diagnose", { kind: "alien" })
      expect(yield* ask([nonsense, calls("diagnose", said)], { digest: vague }).answer).toMatchObject({
        data: { diagnosis: { by: "model" } },
      })
      expect(yield* ask([nonsense, nonsense], { digest: vague }).answer).toMatchObject({
        data: { diagnosis: { by: "rules" }, usage: { model: "scripted" } },
      })
    }),
  )

  it.effect("answers the same when it is delivered twice", () =>
    Effect.gen(function* () {
      const { answer } = ask([calls("diagnose", said), calls("diagnose", said)], { digest: vague })
      expect(yield* answer).toEqual(yield* answer)
    }),
  )
})
