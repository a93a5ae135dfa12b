import type { LedgerEntry } from "@ci-fix-pilot/contract/run-view"
import type { SessionView } from "@ci-fix-pilot/contract/session-view"
import { type Api, makeApi } from "./api.ts"
import { readFirst } from "./first.ts"
import { type Connection, type Following, follow } from "./live/follow.ts"

type Listener = (entry: LedgerEntry) => void

/** What the whole page shares: who is signed in, the api, and the one live connection with its listeners. */
class Dashboard {
  readonly first = readFirst(document)
  session: SessionView | undefined = $state.raw(this.first?.session)
  connection: Connection = $state("connecting")
  readonly api: Api = makeApi(() => this.session?.csrf ?? null)
  readonly #listeners = new Set<Listener>()
  #following: Following | undefined

  /** Hears every ledger entry from now on; returns how to stop. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Begins to follow the ledger after a position; later calls change nothing. */
  connect(after: number) {
    this.#following ??= follow({
      after,
      onEntry: (entry) => {
        for (const listener of this.#listeners) listener(entry)
      },
      onConnection: (connection) => {
        this.connection = connection
      },
    })
  }

  disconnect() {
    this.#following?.close()
    this.#following = undefined
  }
}

export const dashboard = new Dashboard()
