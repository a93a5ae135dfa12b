import { Effect, Schema } from "effect"
import { type Command, type CommandType, commands } from "./commands.ts"
import { type Event, type EventType, events } from "./events.ts"
import { RunId } from "./ids.ts"
import { type RunEvent, type RunEventType, runEvents } from "./run-events.ts"

/** Printable ASCII: names stand in places that take no other text, such as a key of a table. */
const Name = Schema.String.check(Schema.isMaxLength(300), Schema.isPattern(/^[\x20-\x7e]*$/u))

/**
 * What a message carries besides its data. `at` is for people; no decision reads it. `causedBy` is the id of the message it answers or
 * follows. `unleased`: the holder was never told `go`, so the planner has counted no try and reserved no money for this answer.
 */
export const Envelope = Schema.Struct({
  id: Name,
  type: Schema.String,
  at: Schema.String,
  runId: RunId,
  causedBy: Schema.optionalKey(Name),
  attempt: Schema.optionalKey(Schema.Int),
  unleased: Schema.optionalKey(Schema.Boolean),
  traceparent: Schema.String,
  data: Schema.Unknown,
})
export type Envelope = typeof Envelope.Type
type Headers = Omit<Envelope, "type" | "data">

export type CommandMessage<T extends CommandType = CommandType> = Headers & Extract<Command, { type: T }>
export type EventMessage<T extends EventType = EventType> = Headers & Extract<Event, { type: T }>
/** A ledger entry on its way to readers: `position` is its place in the whole ledger, `seq` its place in its run (from 1). */
export type RunMessage<T extends RunEventType = RunEventType> = Headers & { readonly seq: number; readonly position: number } & Extract<
    RunEvent,
    { type: T }
  >

const json = Schema.fromJsonString(Schema.Unknown)
const parse = Schema.decodeUnknownEffect(json)

const union = (schemas: Record<string, Schema.Top>, extra: Schema.Struct.Fields = {}) =>
  Object.fromEntries(
    Object.entries(schemas).map(([type, data]) => [
      type,
      Schema.Struct({ ...Envelope.fields, type: Schema.Literal(type), data, ...extra }),
    ]),
  )

const undecodable = (name: string, why: string) => new Undecodable({ message: `${name}: ${why.slice(0, 1_000)}` })

/** Decodes a value by the schema of the type that it names. */
const reader = (name: string, structs: Record<string, Schema.Top>) => {
  const decoders = new Map(
    Object.entries(structs).map(([type, schema]) => [type, Schema.decodeUnknownEffect(schema as Schema.Codec<unknown>)]),
  )
  return (value: unknown) => {
    const type = typeof value === "object" && value !== null && "type" in value ? String(value.type) : "nothing"
    const decode = decoders.get(type)
    return decode === undefined
      ? Effect.fail(undecodable(name, `unknown type ${JSON.stringify(type.slice(0, 80))}`))
      : Effect.mapError(decode(value), (error) => undecodable(name, error.message))
  }
}

const decoder = (name: string, structs: Record<string, Schema.Top>) => {
  const read = reader(name, structs)
  return (text: string) =>
    parse(text).pipe(
      Effect.mapError((error) => undecodable(name, error.message)),
      Effect.flatMap(read),
    )
}

/** A message that does not fit its schema. It is kept as a dead letter, never guessed at. */
export class Undecodable extends Schema.TaggedError<Undecodable>()("Undecodable", { message: Schema.String }) {}

const facts = Object.fromEntries(
  Object.entries(runEvents).map(([type, data]) => [type, Schema.Struct({ type: Schema.Literal(type), data })]),
)
const place = { seq: Schema.Int, position: Schema.Int }

/** Decodes the JSON text of a command. Fails with Undecodable. */
export const decodeCommand = decoder("command", union(commands)) as (text: string) => Effect.Effect<CommandMessage, Undecodable>
/** Decodes the JSON text of an event. Fails with Undecodable. */
export const decodeEvent = decoder("event", union(events)) as (text: string) => Effect.Effect<EventMessage, Undecodable>
/** Decodes the JSON text of a ledger entry. Fails with Undecodable. */
export const decodeRunMessage = decoder("ledger entry", union(runEvents, place)) as (text: string) => Effect.Effect<RunMessage, Undecodable>
/** Reads what a ledger entry says, without its envelope. Fails with Undecodable. */
export const readRunEvent = reader("ledger entry", facts) as (value: unknown) => Effect.Effect<RunEvent, Undecodable>
/** The JSON text of a message. All schemas of the contract are plain JSON: encoding changes nothing. */
export const encodeMessage = (message: CommandMessage | EventMessage | RunMessage): string => JSON.stringify(message)
