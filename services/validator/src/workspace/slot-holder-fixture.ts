/** A process that takes a slot, starts a program that will outlive it, and stays: for tests that kill it. Argument: workspace directory. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { Effect } from "effect"
import { spawnGroupWithoutInput } from "../process/spawn-group.ts"
import { takeSlot } from "./workspace-slot.ts"

/** What one of our children's open files are; nothing of one that is gone by now. */
const openIn = (pid: string): ReadonlyArray<string> => {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`))
  } catch {
    return []
  }
}

/** What this process has started and what has a lock open. */
const lockHolders = (): ReadonlyArray<string> =>
  readdirSync("/proc/self/task")
    .flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").filter(Boolean))
    .filter((pid) => openIn(pid).some((path) => path.endsWith(".lock")))

const hold = Effect.gen(function* () {
  const slot = yield* takeSlot(Bun.argv[2] ?? "")
  const holders = lockHolders()
  const { pid } = spawnGroupWithoutInput("sleep", ["infinity"], {})
  yield* Effect.promise(() => Bun.write(Bun.stdout, `${JSON.stringify({ slot, holders, pid })}\n`))
  return yield* Effect.never
}).pipe(Effect.scoped)

if (import.meta.main) await Effect.runPromise(hold)
