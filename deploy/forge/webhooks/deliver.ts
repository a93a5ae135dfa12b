import { createHmac } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import type { Json } from "../http/answer.ts"
import type { DeliveryRow } from "../store/rows.ts"
import type { Store } from "../store/store.ts"

/** Where webhooks go, and the secret that signs them. */
export interface WebhookTarget {
  readonly url: string
  readonly secret: string
}

/** Something to tell the webhook's receiver. */
export interface Event {
  readonly event: string
  readonly repository: string | null
  readonly payload: Json
}

/** Sends webhooks and remembers how that went. */
export interface Deliveries {
  /** Sends without waiting for the receiver; the delivery is recorded first. */
  readonly send: (event: Event) => void
  /** Sends a delivery again: same guid, same body, as GitHub does. Undefined when there is no such delivery. */
  readonly redeliver: (id: number) => Promise<DeliveryRow> | undefined
  readonly body: (row: DeliveryRow) => string
  /** From now on webhooks go there; undefined: nowhere. */
  readonly target: (target: WebhookTarget | undefined) => void
  /** All that was sent has been answered, refused or has timed out. */
  readonly settled: () => Promise<void>
}

const guidOf = (number: number): string => {
  const hex = sha256Hex(`delivery ${number}`)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-")
}

/** The value of `X-Hub-Signature-256`. */
export const signatureOf = (secret: string, body: string): string => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`

/** The headers of a delivery, signature included. */
const headersOf = (row: Pick<DeliveryRow, "guid" | "event">, secret: string, body: string): Record<string, string> => ({
  "content-type": "application/json",
  "user-agent": "GitHub-Hookshot/f0493e1",
  "x-github-delivery": row.guid,
  "x-github-event": row.event,
  "x-github-hook-id": "1",
  "x-github-hook-installation-target-id": "1",
  "x-github-hook-installation-target-type": "integration",
  "x-hub-signature-256": signatureOf(secret, body),
})

/** GitHub waits this long (milliseconds) for a webhook's receiver. */
const patience = 10_000

const post = async (target: WebhookTarget, row: DeliveryRow, body: string): Promise<Pick<DeliveryRow, "statusCode" | "response">> => {
  try {
    const answer = await fetch(target.url, {
      method: "POST",
      headers: headersOf(row, target.secret, body),
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(patience),
    })
    return { statusCode: answer.status, response: (await answer.text()).slice(0, 4096) }
  } catch (error) {
    return { statusCode: 0, response: String(error) }
  }
}

/** Keeps bodies below `dir/deliveries`, and the rest in the store. */
export const makeDeliveries = (dir: string, store: Store, first: WebhookTarget | undefined, now: () => Date): Deliveries => {
  const folder = join(dir, "deliveries")
  mkdirSync(folder, { recursive: true })
  const pending = new Set<Promise<unknown>>()
  let target = first
  const bodyPath = (row: Pick<DeliveryRow, "guid">) => join(folder, `${row.guid}.json`)
  const body = (row: Pick<DeliveryRow, "guid">) => readFileSync(bodyPath(row), "utf8")
  const attempt = (row: DeliveryRow, to: WebhookTarget, text: string): Promise<DeliveryRow> => {
    store.deliveries.put(String(row.id), row)
    const started = performance.now()
    const sent = post(to, row, text).then((answer) =>
      store.deliveries.put(String(row.id), { ...row, ...answer, durationSeconds: Math.round(performance.now() - started) / 1000 }),
    )
    const tracked = sent.finally(() => pending.delete(tracked))
    pending.add(tracked)
    return sent
  }
  const blank = { durationSeconds: 0, statusCode: 0, response: "" }
  return {
    body,
    send: ({ event, repository, payload }) => {
      if (target === undefined) return
      const id = store.next("delivery")
      const text = JSON.stringify(payload)
      const action = typeof payload["action"] === "string" ? payload["action"] : null
      const row = { id, guid: guidOf(id), event, action, repository, redelivery: false, deliveredAt: now().toISOString(), ...blank }
      writeFileSync(bodyPath(row), text)
      void attempt(row, target, text)
    },
    redeliver: (id) => {
      const row = store.deliveries.get(String(id))
      if (row === undefined || target === undefined) return undefined
      const again = { ...row, id: store.next("delivery"), redelivery: true, deliveredAt: now().toISOString(), ...blank }
      return attempt(again, target, body(row))
    },
    target: (to) => {
      target = to
    },
    settled: async () => {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}
