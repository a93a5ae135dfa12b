/** A process that takes a slot, starts a program that will outlive it, and stays: for tests that kill it. Argument: workspace directory. */
import { readdirSync, readFileSync } from "node:fs"
import { Effect } from "effect"
import { spawnGroupWithoutInput } from "./spawn-group.ts"
import { takeSlot } from "./workspace-slot.ts"

/** What this process has started and what is still there. */
const children = (): ReadonlyArray<string> =>
  readdirSync("/proc/self/task").flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").filter(Boolean))

const hold = Effect.gen(function* () {
  const slot = yield* takeSlot(Bun.argv[2] ?? "")
  const holders = children()
  const { pid } = spawnGroupWithoutInput("sleep", ["infinity"], {})
  yield* Effect.promise(() => Bun.write(Bun.stdout, `${JSON.stringify({ slot, holders, pid })}\n`))
  return yield* Effect.never
}).pipe(Effect.scoped)

if (import.meta.main) await Effect.runPromise(hold)
