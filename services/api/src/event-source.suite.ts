/** A client of the stream that tests can read step by step. */

import { LedgerEntry } from "@ci-fix-pilot/contract/run-view"
import { Schema } from "effect"

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(LedgerEntry))

export interface Client {
  /** What has arrived so far. */
  readonly entries: ReadonlyArray<LedgerEntry>
  /** The position to resume from. */
  readonly lastEventId: () => string
  /** Resolves when the server ended the stream. */
  readonly ended: Promise<void>
  readonly close: () => void
}

/** Connects and reads; resolves when the server has greeted. */
export const openStream = async (url: string, headers: Record<string, string> = {}): Promise<Client> => {
  const abort = new AbortController()
  const response = await fetch(url, { headers, signal: abort.signal })
  if (response.status !== 200 || response.body === null) throw new Error(`${response.status} ${await response.text()}`)
  const reader = response.body.getReader()
  const entries: Array<LedgerEntry> = []
  let lastEventId = ""
  let text = ""
  const take = (frame: string) => {
    for (const line of frame.split("\n")) {
      if (line.startsWith("id: ")) lastEventId = line.slice(4)
      if (line.startsWith("data: ")) entries.push(decode(line.slice(6)))
    }
  }
  const read = async (): Promise<boolean> => {
    const { done, value } = await reader.read()
    if (done) return false
    text += new TextDecoder().decode(value, { stream: true })
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      take(text.slice(0, end))
      text = text.slice(end + 2)
    }
    return true
  }
  await read()
  const ended = (async () => {
    while (await read());
  })().catch(() => undefined)
  return { entries, lastEventId: () => lastEventId, ended, close: () => abort.abort() }
}
