/**
 * Names the sandboxes of this process: `<instance>/<command>`. Every process answers on a subject of its own whether it still works under
 * a label, so that a sandbox of a process that died is known as an orphan at once, and one of a living process is never taken for one.
 */
import { Bus } from "@ci-fix-pilot/actor/Bus"
import { validatorInstance } from "@ci-fix-pilot/contract/subjects"
import { Context, Effect, Layer, type Scope } from "effect"
import { keepAnswering } from "./keep-answering.ts"

const answerWithinMs = 2_000

export class Tries extends Context.Service<
  Tries,
  {
    /** The label for a command's sandboxes; it counts as at work until the scope closes. */
    readonly begin: (commandId: string) => Effect.Effect<string, never, Scope.Scope>
    /** Whether somebody works under the label. When the bus is away nobody can tell, and the answer is yes. */
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
          const other = label.slice(0, label.indexOf("/"))
          if (other === instance) return Effect.sync(() => atWork.has(label))
          if (!/^[\w-]+$/u.test(other)) return Effect.succeed(false)
          return bus.ask(validatorInstance(other), label, answerWithinMs).pipe(
            Effect.map((said) => said === "yes"),
            Effect.catchTags({ NobodyAnswered: () => Effect.succeed(false), BusUnavailable: () => Effect.succeed(true) }),
          )
        },
      })
    }),
  )
}
