import type { LedgerEntry } from "@ci-fix-pilot/contract/run-view"

const encoder = new TextEncoder()

/** One event of the stream. `id` is the ledger position that `Last-Event-ID` resumes from; JSON holds no line breaks. */
export const frameOf = (entry: LedgerEntry): Uint8Array => encoder.encode(`id: ${entry.position}\ndata: ${JSON.stringify(entry)}\n\n`)

/** Keeps the connection open through proxies, and finds clients that left. */
export const heartbeat = encoder.encode(": heartbeat\n\n")

/**
 * The first bytes: come back after a second, and from this position even if nothing happens before. `ledger`: which one it is a position of,
 * in a field that only our own page reads; readers of events pass over fields that they do not know.
 */
export const greeting = (position: number, ledger: string | undefined): Uint8Array =>
  encoder.encode(`retry: 1000\nid: ${position}\n${ledger === undefined ? "" : `ledger: ${ledger}\n`}\n`)
