/**
 * Asks a model for a fix: shows it the failure, the code it points at, similar fixes and why earlier attempts failed; lets it read
 * more; turns its edits into a patch.
 *
 * *Consumes* `ai.propose-fix`. *Emits* `fix-proposed`, `fix-declined` (nothing to propose, not affordable, no model).
 * *Safe to repeat because* nothing is changed anywhere, and each try counts and reserves its money before it starts.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Retry, Terminal } from "@ci-fix-pilot/actor/outcome"
import type { CommandData } from "@ci-fix-pilot/contract/commands"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import type { Proposal, Usage } from "@ci-fix-pilot/contract/values"
import { Effect, Option, Schema } from "effect"
import { type Conclusion, converse, type Verdict } from "./converse.ts"
import { findPlaces } from "./find-places.ts"
import { frameFor, presentable } from "./frame-text.ts"
import { judgeFix } from "./judge-fix.ts"
import { answerFailure, tryAgain } from "./model-outcome.ts"
import { type FixMaterial, fixPrompt } from "./prompt.ts"
import { readPlaces } from "./read-sources.ts"
import { Sources, SourcesAway } from "./Sources.ts"
import { Decline, fixTools } from "./tools.ts"
import { useReadTools } from "./use-read-tools.ts"

/** Tokens of the first prompt; the second number is for a model that took offence at the first, or a budget too small for it. */
const promptTokens = [30_000, 10_000] as const
const maxOutputTokens = 16_000
const maxTurns = 8
const maxFiles = 10
const maxPaths = 200

type Command = Actor.CommandOf<"ai.propose-fix">

export const handle = Effect.fn("ai.propose-fix")(function* (command: Command) {
  const material = yield* gather(command).pipe(Effect.catchTag("SourcesAway", ({ reason }) => tryAgain(reason, command.id)))
  const [full, small] = promptTokens
  let paid: Usage | undefined
  const talkOf = (tokens: number) =>
    talk(material, command.data, tokens, (usage) => {
      paid = usage
    })
  return yield* talkOf(full).pipe(
    Effect.catchTags({
      RequestRefused: () => talkOf(small),
      TooExpensive: () => talkOf(small),
    }),
    Effect.map(answerOf),
    Effect.catchTag("SourcesAway", ({ reason }) => tryAgain(reason, command.id)),
    Effect.catchIf(
      (failure) => failure._tag !== "Retry",
      (failure) => Effect.map(answerFailure(failure, command.id), declined),
    ),
    Effect.mapError((failure) => withCost(failure, paid)),
  )
})

/** What the prompt is made of, read from the failing commit. A repository that cannot even be listed is away, not empty. */
const gather = Effect.fnUntraced(function* ({ runId, data }: Command) {
  const { target, diagnosis, digest, failing, memories, rejections } = data
  const listed = yield* Sources.use((sources) => sources.list({ target, limit: maxPaths }))
  if ("missing" in listed) return yield* new SourcesAway({ reason: `the files cannot be listed: ${listed.missing}` })
  const places = findPlaces(diagnosis.suspectFiles, `${diagnosis.firstError}\n${digest.text}`).slice(0, maxFiles)
  const files = yield* readPlaces(target, places)
  const material: FixMaterial = { runId, target, diagnosis, digest, failing, files, paths: listed.paths, memories, rejections }
  return material
})

/** A try that broke off has cost something all the same. */
const withCost = (failure: Retry | Terminal, usage: Usage | undefined): Retry | Terminal => {
  if (usage === undefined) return failure
  const { reason } = failure
  if (failure instanceof Terminal) return new Terminal({ reason, usage })
  const { afterMs, uncounted } = failure
  return new Retry({ reason, usage, ...(afterMs === undefined ? {} : { afterMs }), ...(uncounted === undefined ? {} : { uncounted }) })
}

const talk = Effect.fnUntraced(function* (
  material: FixMaterial,
  data: CommandData<"ai.propose-fix">,
  tokens: number,
  onPaid: (usage: Usage) => void,
) {
  const { system, user, leftOut } = fixPrompt(material, tokens)
  if (leftOut.length > 0) yield* Effect.logInfo("the prompt has no room for all", { leftOut })
  const judge = judgeFix(data)
  return yield* converse<Proposal, Effect.Error<ReturnType<typeof judge>>, Sources>({
    system,
    user,
    tools: fixTools,
    budgetUsd: data.maxCostUsd,
    onPaid,
    maxOutputTokens,
    maxTurns,
    read: useReadTools(data.target, frameFor(material.runId)),
    judge: (call) => {
      if (call.name === "propose_fix") return judge(call.input)
      if (call.name === "decline") return Effect.succeed(judgeDecline(call.input))
      return Effect.succeed({ wrong: `there is no tool ${JSON.stringify(call.name.slice(0, 50))}` })
    },
  })
})

const decodeDecline = Schema.decodeUnknownOption(Decline)
const judgeDecline = (input: unknown): Verdict<Proposal> =>
  Option.match(decodeDecline(input), {
    onNone: () => ({ wrong: "decline needs a reason" }),
    onSome: ({ reason }) => ({ declined: `the model declined: ${reason}` }),
  })

const answerOf = ({ result, usage }: Conclusion<Proposal>): AnswerTo<"ai.propose-fix"> => {
  const spent = usage === undefined ? {} : { usage }
  if ("taken" in result) return { type: "fix-proposed", data: { proposal: result.taken, ...spent } }
  return { type: "fix-declined", data: { why: presentable(result.declined).slice(0, 2_000), ...spent } }
}

const declined = (why: string): AnswerTo<"ai.propose-fix"> => ({ type: "fix-declined", data: { why } })

export const layer = Actor.make({ name: "ai.propose-fix", handle, concurrency: 4 })
