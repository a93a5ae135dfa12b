import { Option } from "effect"
import type { Session } from "./Sessions.ts"

/** How long before the database went away it must have vouched for a session last (ms). */
const fresh = 60_000
/** How long its word counts without it (ms). */
const lasting = 3_600_000

/**
 * Sessions that the database has just vouched for, for the time in which it is away: who is signed in may see that it is. Whatever is more
 * than that asks the database itself. Times are ms since 1970.
 */
export class KnownSessions {
  readonly #seen = new Map<string, { readonly session: Session; readonly at: number }>()
  #answered = 0

  /** The database has answered: this is the session of that name, or there is none. */
  learn(name: string, session: Option.Option<Session>, now: number): void {
    this.#answered = now
    this.forget(name)
    for (const [old, { at }] of this.#seen) {
      // What was learned first stands first.
      if (at >= now - fresh) break
      this.#seen.delete(old)
    }
    if (Option.isSome(session)) this.#seen.set(name, { session: session.value, at: now })
  }

  forget(name: string): void {
    this.#seen.delete(name)
  }

  /** What is known of a session while the database cannot be asked. */
  recall(name: string, now: number): Option.Option<Session> {
    const seen = this.#seen.get(name)
    return seen !== undefined && seen.at >= this.#answered - fresh && seen.at > now - lasting ? Option.some(seen.session) : Option.none()
  }
}
