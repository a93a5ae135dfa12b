import type { LedgerEntry } from "@ci-fix-pilot/contract/run-view"

export type Connection = "connecting" | "live" | "lost" | "refused"

export interface Following {
  readonly close: () => void
}

export interface FollowOptions {
  /** The ledger position that is known already. */
  readonly after: number
  readonly onEntry: (entry: LedgerEntry) => void
  readonly onConnection: (connection: Connection) => void
}

const again = 2_000

/**
 * Follows the ledger over one event stream, each entry once and in order, across lost connections and restarts of the server. An EventSource
 * comes back by itself unless the server refused it; then a new one goes on from the last position.
 */
export const follow = ({ after, onEntry, onConnection }: FollowOptions): Following => {
  let position = after
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    source = new EventSource(`/v1/ci-healing/stream?after=${position}`)
    source.onopen = () => onConnection("live")
    source.onmessage = ({ data }) => {
      const entry: LedgerEntry = JSON.parse(data)
      if (entry.position <= position) return
      position = entry.position
      onEntry(entry)
    }
    source.onerror = () => {
      const refused = source.readyState === EventSource.CLOSED
      onConnection(refused ? "refused" : "lost")
      if (refused) timer = setTimeout(open, again)
    }
  }
  onConnection("connecting")
  open()
  return {
    close: () => {
      clearTimeout(timer)
      source.close()
    },
  }
}
