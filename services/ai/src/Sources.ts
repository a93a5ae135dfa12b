import type {
  ListAnswer,
  ListQuestion,
  ReadFileAnswer,
  ReadFileQuestion,
  SearchAnswer,
  SearchQuestion,
} from "@ci-fix-pilot/contract/questions"
import { Context, type Effect, Schema } from "effect"

/** Nobody answers for the files just now. */
export class SourcesAway extends Schema.TaggedError<SourcesAway>()("SourcesAway", { reason: Schema.String }) {}

/** The files of the failing commit, to be read and never written. Layers: `Sources.bus` (asks the validator), stand-ins in tests. */
export class Sources extends Context.Service<
  Sources,
  {
    readonly readFile: (question: ReadFileQuestion) => Effect.Effect<ReadFileAnswer, SourcesAway>
    readonly search: (question: SearchQuestion) => Effect.Effect<SearchAnswer, SourcesAway>
    readonly list: (question: ListQuestion) => Effect.Effect<ListAnswer, SourcesAway>
  }
>()("ci-fix-pilot/Sources") {}
