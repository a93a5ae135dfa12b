import type { Summary } from "@ci-fix-pilot/contract/metrics-view"
import { dashboard } from "../dashboard.svelte.ts"

/** Figures are asked for again at most this often, however much happens (ms). */
const every = 3_000

/** The figures on top of the list, of the last 30 days. */
export class Counters {
  summary: Summary | undefined = $state.raw()
  readonly #ask: () => Promise<Summary>
  #asked = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(ask: () => Promise<Summary>) {
    this.#ask = ask
  }

  /** What could not be asked for is left as it was: the list itself says what is wrong. */
  async load() {
    this.#asked += 1
    const mine = this.#asked
    const summary = await this.#ask().catch(() => undefined)
    if (summary !== undefined && mine === this.#asked) this.summary = summary
  }

  /** Something has changed the figures. */
  soon() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.load()
    }, every)
  }
}

export const counters = new Counters(() => dashboard.api.ask<Summary>("/v1/ci-healing/metrics/summary?days=30"))
