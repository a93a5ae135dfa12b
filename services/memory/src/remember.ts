/**
 * Keeps how an attempt ended, so that the next run can use its fix or avoid it.
 *
 * Consumes: `memory.remember`. Emits: `remembered`.
 * Safe to repeat because a memory's id is made of its run and attempt, and a final outcome is never turned back.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import { Effect } from "effect"
import { Embeddings } from "./Embeddings.ts"
import { Memories } from "./Memories.ts"

export const memoryIdOf = (runId: string, attempt: number) =>
  `mem_${new Bun.CryptoHasher("sha256").update(`${runId}/${attempt}`).digest("hex").slice(0, 24)}`

export const handle = Effect.fn("memory.remember")(
  function* (command: Actor.CommandOf<"memory.remember">) {
    const embeddings = yield* Embeddings
    const memories = yield* Memories
    const memoryId = memoryIdOf(command.runId, command.data.attempt)
    const vector = yield* embeddings.embed(command.data.digest.text)
    yield* memories.remember({ ...command.data, memoryId, runId: command.runId }, { model: embeddings.model, vector })
    return { type: "remembered" as const, data: { memoryId } }
  },
  Effect.mapError((error) => new Retry({ reason: "why" in error ? error.why : error.message })),
)

export const layer = Actor.make({ name: "memory.remember", handle, concurrency: 8 })
