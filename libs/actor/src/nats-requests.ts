import { type Msg, type MsgHdrs, type NatsConnection, NoRespondersError, TimeoutError } from "@nats-io/transport-node"
import { Effect } from "effect"
import { inboxOf } from "./nats-connection.ts"

/** Sends a text and gives the reply to it. Fails with the client's own errors: NoRespondersError, TimeoutError, a closed connection. */
export type Request = (subject: string, text: string, timeoutMs: number, own?: MsgHdrs) => Effect.Effect<Msg, unknown>

const isNobody = ({ data, headers }: Msg) => data.length === 0 && headers?.code === 503

/** Requests that share one inbox, as the client's own do; but those make three promises and an error with its stack for each reply. */
export const openRequests = (connection: NatsConnection) =>
  Effect.gen(function* () {
    const inbox = inboxOf(connection)
    const waiting = new Map<string, (message: Msg) => void>()
    const callback = (error: Error | null, message: Msg) => {
      if (error === null) waiting.get(message.subject.slice(inbox.length + 1))?.(message)
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => connection.subscribe(`${inbox}.*`, { callback })),
      (open) => Effect.sync(() => open.unsubscribe()),
    )
    let count = 0
    const request: Request = (subject, text, timeoutMs, own) =>
      Effect.callback<Msg, unknown>((resume) => {
        count += 1
        const token = count.toString(36)
        const forget = () => {
          clearTimeout(timer)
          waiting.delete(token)
        }
        const end = (reply: Effect.Effect<Msg, unknown>) => {
          forget()
          resume(reply)
        }
        const timer = setTimeout(() => end(Effect.fail(new TimeoutError())), timeoutMs)
        waiting.set(token, (message) => end(isNobody(message) ? Effect.fail(new NoRespondersError(subject)) : Effect.succeed(message)))
        try {
          connection.publish(subject, text, { reply: `${inbox}.${token}`, ...(own === undefined ? {} : { headers: own }) })
        } catch (error) {
          end(Effect.fail(error))
        }
        return Effect.sync(forget)
      })
    return request
  })
