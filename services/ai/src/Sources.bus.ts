import { Bus } from "@ci-fix-pilot/actor/Bus"
import { Away, ListAnswer, ReadFileAnswer, SearchAnswer } from "@ci-fix-pilot/contract/questions"
import { asks } from "@ci-fix-pilot/contract/subjects"
import { Effect, Layer, Schema } from "effect"
import { Sources, SourcesAway } from "./Sources.ts"

/** A validator that has not seen the commit yet fetches it first. */
const answerWithinMs = 30_000

const isAway = Schema.is(Away)
const away = (reason: string) => new SourcesAway({ reason: reason.slice(0, 300) })

/** Asks whichever validator lives. */
export const layer = Layer.effect(
  Sources,
  Effect.map(Bus, (bus) => {
    const asking = <A>(subject: string, answer: Schema.Codec<A, unknown>) => {
      const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Union([Away, answer])))
      return (question: unknown) =>
        bus.ask(subject, JSON.stringify(question), answerWithinMs).pipe(
          Effect.flatMap((text) => decode(text)),
          Effect.mapError((error) => away(`${subject}: ${error._tag} ${error.message}`)),
          Effect.flatMap((said) => (isAway(said) ? Effect.fail(away(`${subject}: ${said.away}`)) : Effect.succeed(said))),
        )
    }
    return Sources.of({
      readFile: asking(asks.readFile, ReadFileAnswer),
      search: asking(asks.search, SearchAnswer),
      list: asking(asks.list, ListAnswer),
    })
  }),
)
