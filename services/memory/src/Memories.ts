import type { CommandData } from "@ci-fix-pilot/contract/commands"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { Match } from "@ci-fix-pilot/contract/values"
import type { SqlError } from "@ci-fix-pilot/sql/Sql"
import { Context, type Effect } from "effect"

/** A memory to keep: one attempt of one run. */
export type Remembered = CommandData<"memory.remember"> & { readonly memoryId: string; readonly runId: RunId }

/** What is looked for. */
export type Question = Pick<CommandData<"memory.recall">, "target" | "signature" | "limit">

/** A unit vector and the model that made it; vectors of one model have the same length. */
export interface Embedded {
  readonly model: string
  readonly vector: ReadonlyArray<number>
}

/** What was tried before. */
export class Memories extends Context.Service<
  Memories,
  {
    /** Keeps or updates. A validated memory becomes merged or rejected; from there it never goes back. */
    readonly remember: (memory: Remembered, embedded: Embedded) => Effect.Effect<void, SqlError>
    /** The nearest memories: of this very signature first, of this repository first; what was rejected only as a warning. */
    readonly recall: (question: Question, embedded: Embedded) => Effect.Effect<ReadonlyArray<Match>, SqlError>
  }
>()("ci-fix-pilot/Memories") {}
