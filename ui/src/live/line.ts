import type { Line } from "../dashboard.svelte.ts"
import { type Connection, type Following, follow, type LiveEntry } from "./follow.ts"
import { watchHidden } from "./hidden-tab.ts"

export interface LineOptions {
  readonly onEntry: (entry: LiveEntry) => void
  readonly onConnection: (connection: Connection) => void
  /** Called now and then while the tab is hidden and hears nothing. */
  readonly whilePaused: () => void
}

/** How often a paused tab looks what waits for a person: its title, its icon and its notifications go on (ms). */
const every = 60_000

/** The one live connection of the page: let go while the tab is hidden, taken up again where it was. */
export const makeLine = ({ onEntry, onConnection, whilePaused }: LineOptions): Line => {
  let following: Following | undefined
  let ledger: string | undefined
  let resumeAt: number | undefined
  let poll: ReturnType<typeof setInterval> | undefined

  const close = () => {
    clearInterval(poll)
    ledger = following?.ledger() ?? ledger
    following?.close()
    following = undefined
    resumeAt = undefined
  }
  const begin = (after: number) => {
    close()
    following = follow({
      after,
      ledger,
      onEntries: (entries) => entries.forEach(onEntry),
      onConnection,
      onOtherLedger: () => location.reload(),
    })
  }
  const pause = () => {
    const position = following?.position()
    if (position === undefined) return
    close()
    resumeAt = position
    poll = setInterval(whilePaused, every)
    onConnection({ is: "paused" })
  }
  const resume = () => {
    if (resumeAt === undefined) following?.hurry()
    else begin(resumeAt)
  }
  watchHidden(pause, resume)
  addEventListener("online", () => following?.hurry())
  // A network that goes leaves its connections looking open; a server on this machine answers all the same.
  addEventListener("offline", () => following?.doubt())
  return { follow: begin, close }
}
