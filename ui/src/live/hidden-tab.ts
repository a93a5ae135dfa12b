/** How long a tab may be hidden before it is asked whether it needs its connection (ms): a glance elsewhere costs nothing. */
const grace = 20_000

type Tab = Pick<Document, "hidden" | "addEventListener" | "removeEventListener">
interface Locks {
  readonly request: (name: string, options: LockOptions, take: (lock: object | null) => unknown) => Promise<unknown>
}

/**
 * A browser opens only six connections to a host, for all tabs together: a seventh tab with a live stream would hang, and so would every click in
 * the others. So hidden tabs let go of theirs, except one of them, which goes on so that counts and notifications stay prompt. Which one, the
 * browser's lock decides; where it has none (plain http), all let go.
 */
export const watchHidden = (
  pause: () => void,
  resume: () => void,
  document: Tab = globalThis.document,
  locks: Locks | undefined = navigator.locks,
) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let release: (() => void) | undefined
  const letGo = () => {
    if (locks === undefined) return pause()
    void locks.request("ci-fix-pilot hidden and live", { ifAvailable: true }, (lock) => {
      if (!document.hidden) return
      if (lock === null) return pause()
      return new Promise<void>((resolve) => {
        release = resolve
      })
    })
  }
  const change = () => {
    clearTimeout(timer)
    if (document.hidden) {
      timer = setTimeout(letGo, grace)
      return
    }
    release?.()
    release = undefined
    resume()
  }
  // A tab that was opened in the background has never been looked at.
  if (document.hidden) timer = setTimeout(letGo, grace)
  document.addEventListener("visibilitychange", change)
  return () => {
    clearTimeout(timer)
    release?.()
    document.removeEventListener("visibilitychange", change)
  }
}
