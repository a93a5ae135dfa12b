import type { Service } from "@ci-fix-pilot/contract/ids"
import type { System } from "@ci-fix-pilot/contract/system-view"
import { type Api, ApiError } from "../api.ts"

const every = 5_000
/** A look that takes longer is given up: the api hangs. */
const patience = 10_000

/** The last picture of the system and when it was taken (ms since 1970); who has been silent since when. */
export class Watch {
  system: System | undefined = $state.raw()
  at = $state.raw(0)
  silence: ReadonlyMap<Service, number> = $state.raw(new Map())
  /** Why the last look failed; undefined when it did not. */
  error: unknown = $state.raw()
  readonly #api: Pick<Api, "ask">
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = new AbortController()

  constructor(api: Pick<Api, "ask">) {
    this.#api = api
  }

  /** Looks now and every few seconds while the page is visible; returns how to stop. */
  start(): () => void {
    this.#stopped = new AbortController()
    const seen = () => {
      clearTimeout(this.#timer)
      if (!document.hidden) void this.look()
    }
    document.addEventListener("visibilitychange", seen)
    seen()
    return () => {
      document.removeEventListener("visibilitychange", seen)
      clearTimeout(this.#timer)
      this.#stopped.abort()
    }
  }

  async look() {
    clearTimeout(this.#timer)
    const { signal } = this.#stopped
    const slow = AbortSignal.timeout(patience)
    try {
      this.#see(await this.#api.ask<System>("/v1/ci-healing/system", { signal: AbortSignal.any([signal, slow]) }), Date.now())
    } catch (error) {
      if (!signal.aborted) this.error = slow.aborted ? new ApiError(0, "slow", "the server has not answered for 10 s") : error
    }
    clearTimeout(this.#timer)
    if (!signal.aborted && !document.hidden) this.#timer = setTimeout(() => void this.look(), every)
  }

  #see(system: System, now: number) {
    const silent = system.services.filter(({ answers }) => !answers)
    this.silence = new Map(silent.map(({ service }) => [service, this.silence.get(service) ?? now]))
    this.system = system
    this.at = now
    this.error = undefined
  }
}
