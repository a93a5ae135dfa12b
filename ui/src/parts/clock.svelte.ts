import { createSubscriber } from "svelte/reactivity"

const tick = 1_000

/** One clock for every time on the page: it ticks while somebody looks at it, and stands still in a hidden tab. */
class Clock {
  readonly #subscribe = createSubscriber((update) => {
    const timer = setInterval(() => {
      if (!document.hidden) update()
    }, tick)
    document.addEventListener("visibilitychange", update)
    return () => {
      clearInterval(timer)
      document.removeEventListener("visibilitychange", update)
    }
  })

  /** Milliseconds since 1970; what reads it is read again each second. */
  get now(): number {
    this.#subscribe()
    return Date.now()
  }
}

export const clock = new Clock()
