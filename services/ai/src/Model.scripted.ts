/** A model that says what it is told to: for unit tests and demonstrations. Nothing chooses it unless it is named. */
import type { Retry } from "@ci-fix-pilot/actor/outcome"
import { Effect, Layer } from "effect"
import { countTokens } from "./count-tokens.ts"
import { limitAnswer, payWhenBroken } from "./limit-answer.ts"
import { type Asks, Model, ModelAway, type ModelFailure, type ModelReply, type ModelRequest } from "./Model.ts"
import { costUsd, type Price } from "./price.ts"

/** What it says: a text, tool calls, both, a failure, or nothing for ever. */
export interface Line {
  readonly text?: string
  readonly calls?: ReadonlyArray<{ readonly name: string; readonly input: unknown }>
  readonly stop?: ModelReply["stop"]
}
export type Scripted = Line | ModelFailure | Retry | "silence" | ((request: ModelRequest) => Line)

/** One tool call. */
export const calls = (name: string, input: unknown): Line => ({ calls: [{ name, input }] })

const defaultPrice: Price = { input: 2, output: 10 }

/** The model and what it was asked. Past the end of its script it is away. Budgets and leases hold as for a real one. */
export const make = (script: ReadonlyArray<Scripted>, price: Price = defaultPrice) => {
  const requests: Array<ModelRequest & { readonly maxTokens: number }> = []
  const ask: Asks["ask"] = Effect.fnUntraced(function* (request) {
    const maxTokens = yield* limitAnswer(request, price)
    const scripted = script[requests.length]
    requests.push({ ...request, maxTokens })
    if (scripted === undefined) return yield* new ModelAway({ reason: `nothing is scripted for request ${requests.length}` })
    if (scripted === "silence") return yield* Effect.never
    if (typeof scripted === "function") return replyOf(request, scripted(request), requests.length, price)
    if ("_tag" in scripted) return yield* payWhenBroken(request, { model: "scripted", price }, maxTokens)(Effect.fail(scripted))
    return replyOf(request, scripted, requests.length, price)
  })
  const model = Model.of({ name: "scripted", available: Effect.succeed(true), ask })
  return { model, requests, layer: Layer.succeed(Model, model) }
}

const replyOf = (request: ModelRequest, line: Line, turn: number, price: Price): ModelReply => {
  const made = line.stop === "length" ? [] : (line.calls ?? []).map((call, index) => ({ id: `call_${turn}_${index}`, ...call }))
  const input = countTokens(`${request.system}${JSON.stringify(request.turns)}`)
  const output = countTokens(JSON.stringify(line))
  return {
    text: line.text ?? "",
    calls: made,
    stop: line.stop ?? (made.length > 0 ? "calls" : "end"),
    usage: {
      model: "scripted",
      inputTokens: input,
      outputTokens: output,
      costUsd: costUsd(price, { input, output, cacheRead: 0, cacheWrite: 0 }),
    },
    native: { vendor: "scripted", content: line },
  }
}
