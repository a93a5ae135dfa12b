import type { RepositoryTotals, Summary } from "@ci-fix-pilot/contract/metrics-view"
import type { Api } from "../api.ts"
import { makePace } from "./pace.ts"
import type { Window } from "./windows.ts"

/** What the page draws: the answer to one question, and when it came (ms since 1970). */
export interface Picture {
  readonly days: Window
  readonly summary: Summary
  readonly repositories: ReadonlyArray<RepositoryTotals>
  readonly at: number
}

/** At most one look at the figures in so many milliseconds, however much happens. */
const every = 10_000
const soon = 500

/** The figures of a span, asked for again as the ledger grows. An answer that fails leaves the last picture standing. */
export class Figures {
  picture: Picture | undefined = $state.raw()
  error: unknown = $state.raw()
  asking = $state(false)
  readonly #api: Pick<Api, "ask">
  #days: Window = 30
  #abort: AbortController | undefined
  readonly #pace = makePace(() => void this.#ask(), { soon, every })

  constructor(api: Pick<Api, "ask">) {
    this.#api = api
  }

  show(days: Window) {
    this.#days = days
    void this.#ask()
  }

  again() {
    void this.#ask()
  }

  /** Something happened: what is shown is a little old. */
  changed() {
    this.#pace.ask()
  }

  stop() {
    this.#pace.stop()
    this.#abort?.abort()
  }

  async #ask() {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.#pace.ran()
    this.asking = true
    const days = this.#days
    try {
      const [summary, { items }] = await Promise.all([
        this.#api.ask<Summary>(`/v1/ci-healing/metrics/summary?days=${days}`, abort),
        this.#api.ask<{ items: ReadonlyArray<RepositoryTotals> }>(`/v1/ci-healing/metrics/repositories?days=${days}`, abort),
      ])
      if (abort.signal.aborted) return
      this.picture = { days, summary, repositories: items, at: Date.now() }
      this.error = undefined
    } catch (error) {
      if (!abort.signal.aborted) this.error = error
    } finally {
      if (this.#abort === abort) this.asking = false
    }
  }
}
