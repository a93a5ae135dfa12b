import type { Lease } from "@ci-fix-pilot/actor/Lease"
import type { Retry } from "@ci-fix-pilot/actor/outcome"
import { Usage } from "@ci-fix-pilot/contract/values"
import { Context, type Effect, Schema } from "effect"

/** A tool that a model may call. `parameters` is the JSON schema of its input. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** A call that a model made. `input` is undecoded; undefined when it was no JSON. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly input: unknown
}

/** What came back. A call whose input was cut off is not in `calls`. */
export interface ModelReply {
  readonly text: string
  readonly calls: ReadonlyArray<ToolCall>
  /** `length`: the answer was longer than it was allowed to be. `refused`: the vendor's safety rules ended it. */
  readonly stop: "end" | "calls" | "length" | "refused"
  readonly usage: Usage
  /** The vendor's own form of this reply, which the same vendor wants to see again when the conversation goes on. */
  readonly native: { readonly vendor: string; readonly content: unknown }
}

export interface ToolResult {
  readonly id: string
  readonly text: string
  readonly isError: boolean
}

/** A conversation: a user's turn, then replies, each followed by results of its calls or by another user's turn. */
export type Turn =
  | { readonly role: "user"; readonly text: string }
  | { readonly role: "assistant"; readonly reply: ModelReply }
  | { readonly role: "results"; readonly results: ReadonlyArray<ToolResult> }

export interface ModelRequest {
  readonly system: string
  readonly turns: ReadonlyArray<Turn>
  readonly tools: ReadonlyArray<Tool>
  /** The longest answer worth having, in tokens. */
  readonly maxOutputTokens: number
  /** What this one call may cost at most, in US dollars. */
  readonly budgetUsd: number
}

/** The vendor does not take this request (400, 413): too long, or not as it likes it. The same one will never do. */
export class RequestRefused extends Schema.TaggedError<RequestRefused>()("RequestRefused", { reason: Schema.String }) {}
/** The key, the account or the model's name is not accepted (401, 402, 403, 404): only a person can mend it. */
export class VendorRefused extends Schema.TaggedError<VendorRefused>()("VendorRefused", { reason: Schema.String }) {}
/** Too many requests (429); the time to wait in ms. Nothing was spent. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", { reason: Schema.String, afterMs: Schema.Int }) {}
/**
 * Overloaded, unreachable, stalled, broken off or talking garbage. `unbilled`: it was never asked, or says itself that it did nothing.
 * Otherwise the call may have been billed, and `usage` is the most that it can have been.
 */
export class ModelAway extends Schema.TaggedError<ModelAway>()("ModelAway", {
  reason: Schema.String,
  unbilled: Schema.optionalKey(Schema.Boolean),
  usage: Schema.optionalKey(Usage),
}) {}
/** The prompt leaves too little of the budget for an answer. Nothing was asked. */
export class TooExpensive extends Schema.TaggedError<TooExpensive>()("TooExpensive", {
  promptTokens: Schema.Int,
  budgetUsd: Schema.Finite,
}) {}
/** No model is configured. */
export class NoModel extends Schema.TaggedError<NoModel>()("NoModel", {}) {}

export type ModelFailure = RequestRefused | VendorRefused | RateLimited | ModelAway | TooExpensive | NoModel

/** Something that can be asked. A call cannot be written without a lease: it is confirmed right before anything is spent. */
export interface Asks {
  /** Vendor and model, for people. */
  readonly name: string
  /** Whether it is worth offering: a key is there and was not refused. */
  readonly available: Effect.Effect<boolean>
  /** One call, never repeated by itself. Costs at most `budgetUsd`. */
  readonly ask: (request: ModelRequest) => Effect.Effect<ModelReply, ModelFailure | Retry, Lease>
}

/** A language model. Layers: `Model.live` (Anthropic, OpenAI-compatible or none, by configuration), `Model.scripted`, `Model.none`. */
export class Model extends Context.Service<Model, Asks>()("ci-fix-pilot/Model") {}
