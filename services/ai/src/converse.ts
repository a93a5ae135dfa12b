import type { Usage } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { Model, type ModelReply, type Tool, type ToolCall, type ToolResult, type Turn } from "./Model.ts"

/** What became of an answer: taken, given up by the model, or wrong in a way that it may mend once. */
export type Verdict<A> = { readonly taken: A } | { readonly declined: string } | { readonly wrong: string }

export interface Conversation<A, E, R> {
  readonly system: string
  readonly user: string
  readonly tools: ReadonlyArray<Tool>
  readonly budgetUsd: number
  readonly maxOutputTokens: number
  /** Told what all replies so far have cost, so that it is known even when the conversation breaks off. */
  readonly onPaid: (usage: Usage) => void
  /** Calls of the model at most. */
  readonly maxTurns: number
  /** The result of a call that only reads; undefined when it is an answer. */
  readonly read: (call: ToolCall) => Effect.Effect<Omit<ToolResult, "id"> | undefined, E, R>
  /** Judges an answer. */
  readonly judge: (call: ToolCall) => Effect.Effect<Verdict<A>, E, R>
}

export interface Conclusion<A> {
  readonly result: { readonly taken: A } | { readonly declined: string }
  readonly usage: Usage | undefined
}

/**
 * Talks with the model until it answers, gives up, or has had its turns, its one repair or its budget. Fails only when the very first
 * call does, or the world does: what was already paid for is then at least counted in the conclusion. Of a call that broke off
 * `onPaid` is told the most that it can have cost.
 */
export const converse = Effect.fnUntraced(function* <A, E, R>(conversation: Conversation<A, E, R>) {
  const model = yield* Model
  const turns: Array<Turn> = [{ role: "user", text: conversation.user }]
  let usage: Usage | undefined
  let repaired = false
  const conclude = (result: Conclusion<A>["result"]): Conclusion<A> => ({ result, usage })

  for (let turn = 1; turn <= conversation.maxTurns; turn += 1) {
    const { system, tools, maxOutputTokens } = conversation
    const budgetUsd = conversation.budgetUsd - (usage?.costUsd ?? 0)
    const asked = yield* Effect.result(model.ask({ system, turns: [...turns], tools, maxOutputTokens, budgetUsd }))
    if (asked._tag === "Failure") {
      const { failure } = asked
      if (failure._tag === "ModelAway" && failure.usage !== undefined) conversation.onPaid(addUsage(usage, failure.usage))
      if (usage === undefined || (failure._tag !== "TooExpensive" && failure._tag !== "RequestRefused")) return yield* Effect.fail(failure)
      return conclude({ declined: failure._tag === "TooExpensive" ? "the budget is used up" : `the model took no more: ${failure.reason}` })
    }
    const reply = asked.success
    usage = addUsage(usage, reply.usage)
    conversation.onPaid(usage)
    if (reply.stop === "refused") return conclude({ declined: `the model's own rules ended its answer: ${reply.text.slice(0, 300)}` })

    const { results, verdict } = yield* settle(conversation, reply, turn)
    if ("taken" in verdict || "declined" in verdict) return conclude(verdict)
    if (verdict.wrong !== undefined) {
      if (repaired) return conclude({ declined: `the answer was wrong twice: ${verdict.wrong}` })
      repaired = true
    }
    // An empty or cut-off reply is not shown again: half a call must not stand in a conversation.
    if (reply.stop !== "length" && (reply.text !== "" || reply.calls.length > 0)) turns.push({ role: "assistant", reply })
    turns.push(results.length > 0 ? { role: "results", results } : { role: "user", text: verdict.wrong ?? "" })
  }
  return conclude({ declined: `no answer after ${conversation.maxTurns} turns` })
})

/** What to say to each call of a reply; an answer among them decides. */
const settle = Effect.fnUntraced(function* <A, E, R>(conversation: Conversation<A, E, R>, reply: ModelReply, turn: number) {
  const results: Array<ToolResult> = []
  let verdict: Verdict<A> | { readonly wrong: undefined } = { wrong: undefined }
  if (reply.stop === "length") verdict = { wrong: "Your answer was cut off because it was too long. Answer again, shorter." }
  else if (reply.calls.length === 0) verdict = { wrong: "Answer by calling one of the tools, not in prose." }
  for (const call of reply.calls) {
    const read = yield* conversation.read(call)
    if (read !== undefined) {
      const last = turn >= conversation.maxTurns - 2 ? "\n\nDo not read any more: answer now." : ""
      results.push({ id: call.id, isError: read.isError, text: read.text + last })
      continue
    }
    const judged = yield* conversation.judge(call)
    if (!("wrong" in judged)) return { results, verdict: judged }
    verdict = judged
    results.push({ id: call.id, isError: true, text: judged.wrong })
  }
  return { results, verdict }
})

const addUsage = (before: Usage | undefined, more: Usage): Usage => ({
  model: more.model.slice(0, 100),
  inputTokens: (before?.inputTokens ?? 0) + more.inputTokens,
  outputTokens: (before?.outputTokens ?? 0) + more.outputTokens,
  costUsd: Math.round(((before?.costUsd ?? 0) + more.costUsd) * 1_000_000) / 1_000_000,
})
