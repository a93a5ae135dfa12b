import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { LedgerEntry } from "@ci-fix-pilot/contract/run-view"
import { readRefusal } from "../api.ts"
import { readEvents, type StreamEvent } from "./read-events.ts"

/** A ledger entry, with the fact that it is. */
export type LiveEntry = Omit<LedgerEntry, "type" | "data"> & RunEvent

/** How the live connection stands. `since`: milliseconds; `says`: the server's own words for why it does not serve. */
export type Connection =
  | { readonly is: "connecting" | "live" | "paused" | "signed-out" }
  | { readonly is: "lost"; readonly since: number }
  | { readonly is: "refused"; readonly since: number; readonly says: string }

export interface Following {
  /** The last position that was handed on. */
  readonly position: () => number
  /** Which ledger it follows, as far as the server has said. */
  readonly ledger: () => string | undefined
  /** Tries at once instead of at the next time that it had in mind. */
  readonly hurry: () => void
  /** The network went: what looks open may be dead, and is tried anew at once. */
  readonly doubt: () => void
  readonly close: () => void
}

export interface FollowOptions {
  /** The ledger position that is known already. */
  readonly after: number
  /** The ledger that it is a position of. */
  readonly ledger?: string | undefined
  /** What arrived together, in order. */
  readonly onEntries: (entries: ReadonlyArray<LiveEntry>) => void
  readonly onConnection: (connection: Connection) => void
  /** The server's ledger is not the one that this page has seen: it says so, or it ends before `after`. Nothing of it is heard. */
  readonly onOtherLedger: () => void
  readonly fetch?: (path: string, init: RequestInit) => Promise<Response>
}

/** The server sends a sign of life each 15 s: a connection that is silent for longer than two is dead, however open it looks (ms). */
const silence = 40_000
/** Waits between tries: soon at first, for most restarts take a second; then further apart, so that a server that comes back is not trampled (ms). */
const patience = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000]
/** A connection that told nothing and lasted no longer than this was none: a server that lets in and drops at once is not asked at once (ms). */
const steady = 5_000

/** How long a server that refuses asks to be left alone (ms). */
const askedToWait = ({ headers }: Response): number | undefined => {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined
}

/**
 * Follows the ledger over one stream of server-sent events: each entry once and in order, across lost connections and restarts of the server.
 * It reads the stream itself, where an EventSource would hide the status of a refusal, its Retry-After, and the silence of a dead connection.
 */
export const follow = ({
  after,
  ledger: known,
  onEntries,
  onConnection,
  onOtherLedger,
  fetch = globalThis.fetch.bind(globalThis),
}: FollowOptions): Following => {
  let position = after
  let ledger = known
  let failures = 0
  let lostSince: number | undefined
  let live = false
  let openSince = Number.POSITIVE_INFINITY
  let closed = false
  let attempt: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const close = () => {
    closed = true
    clearTimeout(timer)
    attempt?.abort()
  }
  const isOther = ({ id, ledger: told }: StreamEvent) =>
    (id !== undefined && Number(id) < position) || (told !== undefined && ledger !== undefined && told !== ledger)

  const take = (events: ReadonlyArray<StreamEvent>) => {
    const fresh: Array<LiveEntry> = []
    for (const event of events) {
      const { data } = event
      if (data === undefined) {
        if (isOther(event)) {
          close()
          return onOtherLedger()
        }
        ledger = event.ledger ?? ledger
        continue
      }
      const entry: LiveEntry = JSON.parse(data)
      if (entry.position <= position) continue
      position = entry.position
      fresh.push(entry)
    }
    if (fresh.length === 0) return
    failures = 0
    onEntries(fresh)
  }

  /** Reads until the stream ends or breaks; resolves to the refusal where there is none to read. */
  const read = async (abort: AbortController) => {
    let watchdog = setTimeout(() => abort.abort(), silence)
    try {
      const headers = { accept: "text/event-stream" }
      const response = await fetch(`/v1/ci-healing/stream?after=${position}`, { headers, cache: "no-store", signal: abort.signal })
      if (!response.ok || response.body === null) return { error: await readRefusal(response), retryAfterMs: askedToWait(response) }
      await readEvents(response.body, (events) => {
        if (abort.signal.aborted) return
        clearTimeout(watchdog)
        watchdog = setTimeout(() => abort.abort(), silence)
        lostSince = undefined
        if (!live) {
          openSince = Date.now()
          onConnection({ is: "live" })
        }
        live = true
        take(events)
      })
      return undefined
    } finally {
      clearTimeout(watchdog)
    }
  }

  const open = async () => {
    clearTimeout(timer)
    attempt?.abort()
    const abort = new AbortController()
    attempt = abort
    const refused = await read(abort).catch(() => undefined)
    if (closed || attempt !== abort) return
    abort.abort()
    if (live && Date.now() - openSince >= steady) failures = 0
    live = false
    lostSince ??= Date.now()
    if (refused?.error.status === 401) return onConnection({ is: "signed-out" })
    onConnection(
      refused === undefined ? { is: "lost", since: lostSince } : { is: "refused", since: lostSince, says: refused.error.message },
    )
    const wait = patience[Math.min(failures, patience.length - 1)] ?? silence
    failures += 1
    timer = setTimeout(open, refused?.retryAfterMs ?? wait)
  }

  onConnection({ is: "connecting" })
  void open()
  return {
    position: () => position,
    ledger: () => ledger,
    hurry: () => {
      if (!closed && !live) void open()
    },
    doubt: () => {
      if (closed || !live) return
      live = false
      lostSince = Date.now()
      onConnection({ is: "lost", since: lostSince })
      void open()
    },
    close,
  }
}
