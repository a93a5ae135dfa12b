import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import { HttpError } from "@ci-fix-pilot/contract/http"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { Effect } from "effect"
import { Announcer } from "./Announcer.ts"
import type { Fact } from "./fact.ts"
import { type Arrival, Inbox, type Receipt } from "./Inbox.ts"

/** Clients come again after this many seconds when the database is away. */
const retryAfter = 2

/** The id of the event that an arrival is: the planner applies each id once. */
const messageIdOf = (source: Arrival["source"], key: string) => `inbox:${source}:${sha256Hex(key).slice(0, 32)}`

const wellFormed = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/u

/** The sender's trace goes on; without one a new, sampled one begins (https://www.w3.org/TR/trace-context). */
const traceparentOf = (given: string | null): string => {
  if (given !== null && wellFormed.test(given)) return given
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("hex")
  return `00-${random.slice(0, 32)}-${random.slice(32)}-01`
}

export interface Accepted {
  readonly source: Arrival["source"]
  readonly fact: Fact
  readonly bodySha256: string
  readonly traceparent: string | null
}

/** Stores a fact, then says it on the bus without waiting. Fails with 503 when it is not on disk, which the sender may repeat. */
export const acceptFact = Effect.fnUntraced(function* ({ source, fact, bodySha256, traceparent }: Accepted) {
  const { key, runId, event } = fact
  const arrival = { source, key, runId, event, bodySha256, messageId: messageIdOf(source, key), traceparent: traceparentOf(traceparent) }
  yield* crashPoint("ingest.accept:received")
  const receipt: Receipt = yield* Inbox.use((inbox) => inbox.accept(arrival)).pipe(
    Effect.catchTag("InboxUnavailable", ({ message }) =>
      Effect.andThen(
        Effect.logWarning("a webhook could not be stored", { why: message, runId }),
        Effect.fail(new HttpError({ code: "unavailable", message: "the database is away; send it again", retryAfter })),
      ),
    ),
    Effect.catchTag("InboxRefused", () => Effect.fail(new HttpError({ code: "failed", message: "this webhook cannot be stored" }))),
  )
  yield* crashPoint("ingest.accept:committed")
  if (receipt.stored) yield* Announcer.use((announcer) => announcer.announce(arrival))
  yield* crashPoint("ingest.accept:announced")
  return receipt
})
