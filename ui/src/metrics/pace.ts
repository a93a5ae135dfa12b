/** A task that is run soon after it is asked for, but at most once in a while. */
export interface Pace {
  /** Asks for a run; asked again before it begins, it is still one. */
  readonly ask: () => void
  /** The task was just run by somebody else. */
  readonly ran: () => void
  readonly stop: () => void
}

/** Runs `task` `soon` ms after it is asked for, and never within `every` ms of the run before. */
export const makePace = (task: () => void, { soon, every }: { readonly soon: number; readonly every: number }): Pace => {
  let last = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  const ran = () => {
    last = performance.now()
  }
  const stop = () => {
    clearTimeout(timer)
    timer = undefined
  }
  return {
    ask: () => {
      timer ??= setTimeout(
        () => {
          timer = undefined
          ran()
          task()
        },
        Math.max(soon, last + every - performance.now()),
      )
    },
    ran,
    stop,
  }
}
