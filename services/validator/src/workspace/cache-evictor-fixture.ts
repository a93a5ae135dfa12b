/** A process that is killed in the middle of a removal from the cache: by itself, as soon as one has begun. Argument: workspace directory. */
import { readdirSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { makeCache, type WorkspaceCache } from "./workspace-cache.ts"
import { takeSlot } from "./workspace-slot.ts"

const page = new Uint8Array(4_096)
/** Many small files, so that their removal takes a while. */
export const filesInEntry = 1_000

/** A tree of the cache, kept until the scope closes. */
export const useEntry = (cache: WorkspaceCache, key: string) =>
  cache.use("trees", key, (directory) =>
    Effect.promise(async () => {
      await Promise.all(Array.from({ length: filesInEntry }, (_, number) => writeFile(join(directory, String(number)), page)))
    }),
  )

/** How many of its files an entry has; 0 when it is not there. */
export const countFiles = (entry: string): number => {
  try {
    return readdirSync(entry).length
  } catch {
    return 0
  }
}

const evict = Effect.gen(function* () {
  const cache = yield* makeCache(yield* takeSlot(Bun.argv[2] ?? ""), 1)
  const entry = yield* Effect.scoped(useEntry(cache, "old"))
  const look = () => (countFiles(entry) === filesInEntry ? setImmediate(look) : process.kill(process.pid, "SIGKILL"))
  look()
  return yield* useEntry(cache, "new")
}).pipe(Effect.scoped)

if (import.meta.main) await Effect.runPromise(evict)
