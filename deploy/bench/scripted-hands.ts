/** Every hand of the fleet in one process, answering at once (or after `BENCH_HAND_MS`): what is measured is the house, not the work. */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Lease } from "@ci-fix-pilot/actor/Lease"
import { infrastructure, runProgram } from "@ci-fix-pilot/actor/run-main"
import { type CommandType, commandTypes } from "@ci-fix-pilot/contract/commands"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import { scriptedAnswer } from "@ci-fix-pilot/testkit/scripted-answers"
import { Config, Effect, Layer } from "effect"

const slow: ReadonlySet<CommandType> = new Set<CommandType>(["validator.reproduce", "validator.isolate-culprit", "validator.validate-fix"])
const changesGitHub: ReadonlySet<CommandType> = new Set<CommandType>([
  "github.open-pull-request",
  "github.merge-pull-request",
  "github.close-pull-request",
])

const hand = (delayMs: number) => (name: CommandType) =>
  Actor.make({
    name,
    concurrency: 64,
    handle: ({ data }) =>
      Effect.gen(function* () {
        if (slow.has(name) && delayMs > 0) yield* Effect.sleep(delayMs)
        // As the real ones do before they change anything outside.
        if (changesGitHub.has(name)) yield* Lease.use(({ confirm }) => confirm)
        return scriptedAnswer({ type: name, data } as never) as AnswerTo<typeof name>
      }),
  })

const program = Effect.gen(function* () {
  const delayMs = yield* Config.Int("BENCH_HAND_MS").pipe(Config.withDefault(0))
  const [first, ...rest] = commandTypes.map(hand(delayMs))
  if (first === undefined) return
  yield* Layer.build(rest.reduce((all, one) => Layer.merge(all, one), first).pipe(Layer.provide(infrastructure("hands"))))
  yield* Effect.logInfo("hands is up")
  yield* Effect.never
})

runProgram("hands", Effect.scoped(program))
