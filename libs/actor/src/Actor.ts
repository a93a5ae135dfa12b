import { type CommandData, type CommandType, leased } from "@ci-fix-pilot/contract/commands"
import { answerId, readDispatchId } from "@ci-fix-pilot/contract/dispatch-id"
import { type CommandMessage, decodeCommand, Envelope, type EventMessage, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import type { AnswerTo, Event } from "@ci-fix-pilot/contract/events"
import { Service } from "@ci-fix-pilot/contract/ids"
import { streams } from "@ci-fix-pilot/contract/streams"
import { commandDurable, eventSubject } from "@ci-fix-pilot/contract/subjects"
import { Cause, Effect, Layer, Metric, Option, Schedule, Schema, Stream } from "effect"
import { Bus, type Delivery } from "./Bus.ts"
import { crashPoint } from "./crash-point.ts"
import { Holder } from "./Holder.ts"
import { withLease, withoutLease } from "./hold-lease.ts"
import { type Retry, Terminal } from "./outcome.ts"
import { currentTraceparent, nowIso, parentOf } from "./trace.ts"

/** A command as its handler sees it. `id` names this dispatch of it. */
export type CommandOf<T extends CommandType> = Omit<CommandMessage, "type" | "data"> & { readonly type: T; readonly data: CommandData<T> }

/** One command's actor: what it accepts and how it answers. The handler's errors are exactly Retry and Terminal. */
export interface ActorConfig<T extends CommandType, R> {
  readonly name: T
  readonly handle: (command: CommandOf<T>) => Effect.Effect<AnswerTo<T>, Retry | Terminal, R>
  /** Commands handled at once by one process. */
  readonly concurrency: number
}

const defaultRetryMs = 2_000
/** An answer is said again, under its one id, to a broker that restarts or was wiped: what is done need not be done twice for that. */
const sayAgain = { schedule: Schedule.spaced("250 millis"), times: 8 }
const handled = Metric.counter("ci_fix_pilot_commands_handled", { description: "Commands answered, by type and answer", incremental: true })
const readHeaders = Schema.decodeUnknownEffect(Schema.fromJsonString(Envelope))
const isService = Schema.is(Service)

const serviceOf = (type: string): Service => {
  const name = type.split(".")[0]
  if (!isService(name)) throw new Error(`no service is named in command type ${JSON.stringify(type)}`)
  return name
}

const publishAnswer = Effect.fnUntraced(function* (
  command: Omit<CommandMessage, "type" | "data"> & { readonly type: string },
  holder: string,
  event: Event,
  isHeld = true,
) {
  const bus = yield* Bus
  const headers = {
    id: answerId(command.id, holder),
    at: yield* nowIso,
    runId: command.runId,
    causedBy: command.id,
    ...(command.attempt === undefined ? {} : { attempt: command.attempt }),
    ...(isHeld ? {} : { unleased: true }),
    traceparent: yield* currentTraceparent,
  }
  const message: EventMessage = { ...headers, ...event }
  yield* Effect.retry(bus.publish(eventSubject(serviceOf(command.type), event.type), encodeMessage(message), message.id), sayAgain)
  yield* Metric.update(Metric.withAttributes(handled, { command: command.type, answer: event.type }), 1)
})

/** What a failed handler is answered with: Terminal ends the command, everything else (defects too) is tried again later. */
const answerToFailure = (cause: Cause.Cause<Retry | Terminal>): Event => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  const cost = error?.usage === undefined ? {} : { usage: error.usage }
  if (error instanceof Terminal) return { type: "failed-for-good", data: { reason: error.reason.slice(0, 2_000), ...cost } }
  const why = (error?.reason ?? `crashed: ${Cause.pretty(cause)}`).slice(0, 2_000)
  const afterMs = Math.max(0, error?.afterMs ?? defaultRetryMs)
  return { type: "postponed", data: { afterMs, why, ...(error?.uncounted === true ? { uncounted: true } : {}), ...cost } }
}

/** A message that is no such command: kept out of the way, said aloud, and answered if it says who it is. */
const refuse = (delivery: Delivery, holder: string, why: string) =>
  readHeaders(delivery.text).pipe(
    Effect.flatMap((headers) => publishAnswer(headers, holder, { type: "failed-for-good", data: { reason: why.slice(0, 2_000) } })),
    Effect.ignore,
    Effect.andThen(Effect.logError("a command could not be read", { why, subject: delivery.subject })),
    Effect.andThen(delivery.term("undecodable")),
  )

const handleDelivery = <T extends CommandType, R>(config: ActorConfig<T, R>, delivery: Delivery) =>
  Effect.gen(function* () {
    const holder = yield* Holder.use((holders) => holders.next)
    const decoded = yield* Effect.result(decodeCommand(delivery.text))
    if (decoded._tag === "Failure") return yield* refuse(delivery, holder, decoded.failure.message)
    const command = decoded.success
    if (!isCommand(command, config.name)) return yield* refuse(delivery, holder, `${config.name} was sent a ${command.type}`)
    const work = (isHeld: Effect.Effect<boolean>) =>
      crashPoint(`${config.name}:started`).pipe(
        Effect.andThen(config.handle(command)),
        Effect.catchCause((cause) =>
          Cause.hasInterruptsOnly(cause)
            ? Effect.failCause(cause)
            : Effect.as(Effect.logWarning("not done", cause), answerToFailure(cause)),
        ),
        Effect.tap(crashPoint(`${config.name}:handled`)),
        Effect.flatMap((event: Event) => Effect.flatMap(isHeld, (held) => publishAnswer(command, holder, event, held))),
        Effect.tap(crashPoint(`${config.name}:answered`)),
        Effect.andThen(delivery.ack),
        // The answer reached no one: let the server deliver the command again.
        Effect.catch((error) =>
          Effect.andThen(Effect.logWarning("the answer could not be said", error.message), delivery.nak(defaultRetryMs)),
        ),
      )
    yield* crashPoint(`${config.name}:delivered`)
    const { commandId, dispatch } = readDispatchId(command.id)
    const lease = { commandId, dispatch, holder }
    yield* (leased.has(config.name) ? withLease(lease, delivery, work) : withoutLease(delivery, work)).pipe(
      Effect.annotateLogs({ runId: command.runId, traceparent: command.traceparent, command: command.id }),
      Effect.withSpan(config.name, { parent: parentOf(command.traceparent), attributes: { runId: command.runId, command: command.id } }),
    )
  })

const isCommand = <T extends CommandType>(command: CommandMessage, name: T): command is CommandMessage & CommandOf<T> =>
  command.type === name

const restart = Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("5 seconds")]).pipe(Schedule.jittered)

/** The actor's consumer as a layer: it lives as long as the scope, and a crash of its loop restarts it and says so. */
export const make = <T extends CommandType, R>(config: ActorConfig<T, R>) => {
  const loop = Bus.use((bus) =>
    bus
      .consume({
        stream: streams.commands.name,
        durable: commandDurable(config.name),
        prefetch: leased.has(config.name) ? 1 : config.concurrency * 2,
      })
      .pipe(
        Stream.mapEffect((delivery) => handleDelivery(config, delivery), { concurrency: config.concurrency, unordered: true }),
        Stream.runDrain,
      ),
  ).pipe(
    Effect.tapCause((cause) => Effect.logError(`${config.name}: the consumer crashed and starts again`, cause)),
    Effect.sandbox,
    Effect.retry(restart),
    Effect.annotateLogs({ actor: config.name }),
  )
  return Layer.effectDiscard(Effect.forkScoped(loop))
}
