/**
 * Says what kind of failure it is: by rules, and by a model only when the rules are unsure and there is money for it.
 *
 * *Consumes* `ai.diagnose`. *Emits* `diagnosed`; a model that is away, refuses or talks nonsense leaves the rules' answer.
 * *Safe to repeat because* nothing is changed anywhere, and each try counts and reserves its money before it starts.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import type { Diagnosis, Usage } from "@ci-fix-pilot/contract/values"
import { classify } from "@ci-fix-pilot/failure/classify"
import { repositoryPath } from "@ci-fix-pilot/failure/suspect-files"
import { Effect, Option, Schema } from "effect"
import { converse } from "./converse.ts"
import { presentable } from "./frame-text.ts"
import { Model } from "./Model.ts"
import { diagnosisPrompt } from "./prompt.ts"
import { Diagnose, diagnosisTools } from "./tools.ts"

/** Rules that are at least this sure are not second-guessed. */
const sureEnough = 0.6
const promptTokens = 12_000
const maxOutputTokens = 4_000
const maxTurns = 2

type Command = Actor.CommandOf<"ai.diagnose">

export const handle = Effect.fn("ai.diagnose")(function* (command: Command) {
  const guess = classify(command.data.digest)
  const model = yield* Model
  const modelAvailable = yield* model.available
  if (guess.confidence >= sureEnough || !modelAvailable || command.data.maxCostUsd <= 0) return diagnosed(guess, modelAvailable)
  let paid: Usage | undefined
  const diagnosis = yield* askModel(command, guess, (usage) => {
    paid = usage
  }).pipe(
    Effect.tapError((failure) => Effect.logWarning("the model did not diagnose; the rules' answer stands", { failure: failure._tag })),
    Effect.orElseSucceed(() => guess),
  )
  return diagnosed(diagnosis, yield* model.available, paid)
})

const diagnosed = (diagnosis: Diagnosis, modelAvailable: boolean, usage?: Usage): AnswerTo<"ai.diagnose"> => ({
  type: "diagnosed",
  data: { diagnosis, modelAvailable, ...(usage === undefined ? {} : { usage }) },
})

const askModel = Effect.fnUntraced(function* ({ runId, data }: Command, guess: Diagnosis, onPaid: (usage: Usage) => void) {
  const { digest, failedJobs, maxCostUsd } = data
  const { system, user } = diagnosisPrompt({ runId, digest, failedJobs, guess }, promptTokens)
  const { result } = yield* converse<Diagnosis, never, never>({
    system,
    user,
    tools: diagnosisTools,
    budgetUsd: maxCostUsd,
    onPaid,
    maxOutputTokens,
    maxTurns,
    read: () => Effect.succeed(undefined),
    judge: ({ input }) => Effect.succeed(judge(input, guess)),
  })
  return "taken" in result ? result.taken : guess
})

const decode = Schema.decodeUnknownOption(Diagnose)

/** The model's word for kind, cause and suspects; the first error stays a line of the log. */
const judge = (input: unknown, guess: Diagnosis) =>
  Option.match(decode(input), {
    onNone: () => ({ wrong: "the input does not fit the tool's schema" }),
    onSome: ({ kind, summary, suspectFiles, confidence }) => {
      const suspects = suspectFiles.flatMap((path) => repositoryPath(presentable(path)) ?? [])
      const taken: Diagnosis = {
        kind,
        summary: presentable(summary).slice(0, 1_000),
        firstError: guess.firstError,
        suspectFiles: [...new Set([...suspects, ...guess.suspectFiles])].slice(0, 20),
        confidence,
        by: "model",
      }
      return { taken }
    },
  })

export const layer = Actor.make({ name: "ai.diagnose", handle, concurrency: 8 })
