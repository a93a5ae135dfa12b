import { Effect, Option, Schema } from "effect"
import { decodeEvent, type EventMessage, Undecodable } from "./envelope.ts"

/** What was put aside: a message, with how it came, or what the planner had noticed itself. */
const Held = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("message"), message: Schema.Unknown }),
  Schema.Struct({ kind: Schema.Literal("noticed"), input: Schema.Unknown }),
])
type Held = typeof Held.Type
const read = Schema.decodeUnknownOption(Schema.fromJsonString(Held))

/** The text of a dead letter. What no schema fitted is kept as it came instead. */
export const deadLetter = (held: Held): string => JSON.stringify(held)

/** The message that a dead letter holds, or is. Fails with Undecodable: no schema fits it, or the planner had noticed it itself. */
export const messageInLetter = (text: string): Effect.Effect<EventMessage, Undecodable> =>
  Option.match(read(text), {
    onNone: () => decodeEvent(text),
    onSome: (held) =>
      held.kind === "message"
        ? decodeEvent(JSON.stringify(held.message))
        : Effect.fail(new Undecodable({ message: "the planner noticed this itself: there is no message" })),
  })
