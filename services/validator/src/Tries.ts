/**
 * Names the sandboxes of this process: `<instance>/<command>`. Every process answers on a subject of its own whether it still works under
 * a label, so that a sandbox of a process that died is known as an orphan at once, and one of a living process is never taken for one.
 */
import { Bus, type BusUnavailable, type NobodyAnswered } from "@ci-fix-pilot/actor/Bus"
import { validatorInstance } from "@ci-fix-pilot/contract/subjects"
import { Context, Effect, Layer, Schedule, type Scope } from "effect"
import { keepAnswering } from "./keep-answering.ts"

const answerWithinMs = 2_000
/** A living process that lost the bus listens again by the end of these looks. */
const looks = { schedule: Schedule.spaced("1 second"), times: 3 }

const isAbsent = (error: NobodyAnswered | BusUnavailable): boolean => error._tag === "NobodyAnswered" && error.absent

export class Tries extends Context.Service<
  Tries,
  {
    /** The label for a command's sandboxes; it counts as at work until the scope closes. */
    readonly begin: (commandId: string) => Effect.Effect<string, never, Scope.Scope>
    /** Whether somebody works under the label. When nobody can tell, as the bus is away or the process is slow, the answer is yes. */
    readonly isAtWork: (label: string) => Effect.Effect<boolean>
  }
>()("ci-fix-pilot/Tries") {
  static readonly layer = Layer.effect(
    Tries,
    Effect.gen(function* () {
      const bus = yield* Bus
      const instance = crypto.randomUUID()
      const atWork = new Map<string, number>()
      const add = (label: string, by: number) =>
        Effect.sync(() => {
          const count = (atWork.get(label) ?? 0) + by
          if (count === 0) atWork.delete(label)
          else atWork.set(label, count)
        })
      const answer = (label: string) => Effect.sync(() => (atWork.has(label) ? "yes" : "no"))
      yield* keepAnswering(validatorInstance(instance), answer)

      return Tries.of({
        begin: (commandId) => {
          const label = `${instance}/${commandId}`
          return Effect.as(
            Effect.acquireRelease(add(label, 1), () => add(label, -1)),
            label,
          )
        },
        isAtWork: (label) => {
          const other = /^([\w-]+)\//u.exec(label)?.[1]
          if (other === undefined) return Effect.succeed(false)
          if (other === instance) return Effect.sync(() => atWork.has(label))
          return bus.ask(validatorInstance(other), label, answerWithinMs).pipe(
            Effect.map((said) => said === "yes"),
            Effect.retry({ ...looks, while: isAbsent }),
            Effect.catch((error) => Effect.succeed(!isAbsent(error))),
          )
        },
      })
    }),
  )
}
