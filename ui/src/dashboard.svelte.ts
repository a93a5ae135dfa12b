import type { SessionView } from "@ci-fix-pilot/contract/session-view"
import { type Api, makeApi } from "./api.ts"
import { readFirst } from "./first.ts"
import type { Connection, LiveEntry } from "./live/follow.ts"

type Listener = (entry: LiveEntry) => void

/** What holds the live connection; it is fetched when the page stands, for nothing that is seen first needs it. */
export interface Line {
  /** Follows the ledger after a position, instead of from wherever it does. */
  readonly follow: (after: number) => void
  readonly close: () => void
}

const sessionPath = "/v1/session"

/** What the whole page shares: who is signed in, the api, the one live connection with its listeners, and how many runs wait for a person. */
class Dashboard {
  readonly first = readFirst(document)
  session: SessionView | undefined = $state.raw(this.first?.session)
  connection: Connection = $state.raw({ is: "connecting" })
  /** Runs that wait for a person. */
  waiting: number = $state.raw(0)
  /** What the reader looks at, where a page knows it better than by its name; the tab's title says it. */
  title: string = $state.raw("")
  readonly api: Api = makeApi({
    csrf: () => this.session?.csrf ?? null,
    renew: () => this.#renew(),
    onSignedOut: () => this.signedOut(),
  })
  readonly #listeners = new Set<Listener>()
  #line: Line | undefined
  #start = Number.POSITIVE_INFINITY

  /** Nobody may see anything before he has signed in. */
  get mustSignIn(): boolean {
    return this.session?.required === true && !this.session.signedIn
  }

  /** Asks who is signed in, where the page did not say. Fails with ApiError. */
  async begin() {
    if (this.session === undefined) await this.#renew()
  }

  async #renew() {
    const before = this.session
    const now = await this.api.ask<SessionView>(sessionPath)
    this.session = now
    return now.reviewer === before?.reviewer && now.csrf !== before.csrf
  }

  /** Hears every ledger entry from now on; returns how to stop. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  hear(entry: LiveEntry) {
    for (const listener of this.#listeners) {
      try {
        listener(entry)
      } catch (error) {
        // The others, and what arrived with it, are heard nevertheless: nobody tells them again.
        reportError(error)
      }
    }
  }

  /**
   * Follows the ledger after a position. Whoever needs entries from before the place where it began makes it begin there: a listener must
   * expect entries that it has seen, and tells them by their `seq` or `position`.
   */
  connect(after: number) {
    if (after >= this.#start) return
    this.#start = after
    this.#line?.follow(after)
  }

  /** Takes the line that was fetched; whoever asked to be connected before is connected now. */
  plugIn(line: Line) {
    this.#line = line
    if (Number.isFinite(this.#start)) line.follow(this.#start)
  }

  async signIn(token: string, reviewer: string) {
    this.session = await this.api.ask<SessionView>(sessionPath, { method: "POST", body: { token, reviewer } })
  }

  /** Ends the session, here and on the server: its event streams are cut. Fails with ApiError. */
  async signOut() {
    await this.api.send(sessionPath, { method: "DELETE" })
    this.signedOut()
  }

  /** The server does not know the session any more. */
  signedOut() {
    this.#line?.close()
    this.#start = Number.POSITIVE_INFINITY
    this.connection = { is: "signed-out" }
    this.waiting = 0
    if (this.session !== undefined) this.session = { ...this.session, required: true, signedIn: false, csrf: null }
  }
}

export const dashboard = new Dashboard()
