import { Lease } from "@ci-fix-pilot/actor/Lease"
import { Effect } from "effect"
import { boundRequest } from "./count-tokens.ts"
import { type ModelRequest, TooExpensive } from "./Model.ts"
import { affordableTokens, type Price } from "./price.ts"

/** An answer shorter than this is not worth its prompt. */
const leastAnswerTokens = 1_024
/** The longest prompt that is sent, in tokens: the price list holds up to here. */
export const maxPromptTokens = 100_000

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
