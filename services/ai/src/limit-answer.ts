import { Lease } from "@ci-fix-pilot/actor/Lease"
import { Effect } from "effect"
import { boundRequest } from "./count-tokens.ts"
import { ModelAway, type ModelRequest, TooExpensive } from "./Model.ts"
import { affordableTokens, costUsd, type Price } from "./price.ts"

/** An answer shorter than this is not worth its prompt. */
const leastAnswerTokens = 1_024
/** The longest prompt that is sent, in tokens: the price list holds up to here. */
const maxPromptTokens = 100_000

/**
 * How many tokens of answer the budget of this call pays for, at most `maxOutputTokens`; then confirms the lease, so that it is the
 * last thing done before money is spent. Fails with TooExpensive without asking anybody.
 */
export const limitAnswer = Effect.fnUntraced(function* (request: ModelRequest, price: Price) {
  const promptTokens = boundRequest(request)
  const affordable = affordableTokens(price, promptTokens, request.budgetUsd)
  if (promptTokens > maxPromptTokens || affordable < Math.min(leastAnswerTokens, request.maxOutputTokens))
    return yield* new TooExpensive({ promptTokens, budgetUsd: request.budgetUsd })
  yield* Lease.use((lease) => lease.confirm)
  return Math.min(request.maxOutputTokens, affordable)
})

/**
 * A call that broke off, and of which nobody says what was billed, counts as the most that it can have cost: a prompt of as many tokens as
 * it can have, and all of the answer that was allowed. What was cut off may have been thought already.
 */
export const payWhenBroken =
  (request: ModelRequest, { model, price }: { readonly model: string; readonly price: Price }, maxTokens: number) =>
  <A, E, R>(call: Effect.Effect<A, E, R>) =>
    Effect.mapError(call, (failure) => {
      if (!(failure instanceof ModelAway) || failure.unbilled === true || failure.usage !== undefined) return failure
      const [inputTokens, outputTokens] = [boundRequest(request), maxTokens]
      const tokens = { input: 0, cacheWrite: inputTokens, cacheRead: 0, output: outputTokens }
      return new ModelAway({ reason: failure.reason, usage: { model, inputTokens, outputTokens, costUsd: costUsd(price, tokens) } })
    })
