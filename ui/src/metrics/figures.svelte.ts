import type { RepositoryTotals, Summary } from "@ci-fix-pilot/contract/metrics-view"
import { untrack } from "svelte"
import type { Api } from "../api.ts"
import { type Earlier, earlierOf } from "./earlier.ts"
import { makePace } from "./pace.ts"
import type { Window } from "./windows.ts"

/** What the page draws: the answer to one question, and when it came (ms since 1970). */
export interface Picture {
  readonly days: Window
  readonly summary: Summary
  readonly repositories: ReadonlyArray<RepositoryTotals>
  /** The span before; it is counted when a span is opened, and stays as it was while that is looked at. */
  readonly earlier: Earlier | undefined
  readonly at: number
}

/** At most one look at the figures in so many milliseconds, however much happens. */
const every = 10_000
const soon = 500

/** The figures of a span, asked for again as the ledger grows. An answer that fails leaves the last picture standing. */
export class Figures {
  picture: Picture | undefined = $state.raw()
  error: unknown = $state.raw()
  asking = $state.raw(false)
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
    // Whoever asks within an effect must not be asked again by the answer.
    const picture = untrack(() => this.picture)
    const known = picture?.days === days ? picture : undefined
    const summaryOf = (span: number) => this.#api.ask<Summary>(`/v1/ci-healing/metrics/summary?days=${span}`, abort)
    try {
      const [summary, { items }, twice] = await Promise.all([
        summaryOf(days),
        this.#api.ask<{ items: ReadonlyArray<RepositoryTotals> }>(`/v1/ci-healing/metrics/repositories?days=${days}`, abort),
        known === undefined ? summaryOf(days * 2) : undefined,
      ])
      if (abort.signal.aborted) return
      const earlier = twice === undefined ? known?.earlier : earlierOf(summary, twice)
      this.picture = { days, summary, repositories: items, earlier, at: Date.now() }
      this.error = undefined
    } catch (error) {
      if (!abort.signal.aborted) this.error = error
    } finally {
      if (this.#abort === abort) this.asking = false
    }
  }
}
