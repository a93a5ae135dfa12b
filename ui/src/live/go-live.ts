import type { RunPage } from "@ci-fix-pilot/contract/run-view"
import { dashboard } from "../dashboard.svelte.ts"
import { navigation } from "../navigation.svelte.ts"
import { counters } from "../runs/counters.svelte.ts"
import { list } from "../runs/runs.ts"
import { RunsKeeper } from "../runs/runs-keeper.ts"
import { makeLine } from "./line.ts"
import { notifyWaiting } from "./notify.ts"
import { phaseAfter } from "./phase-after.ts"
import { Waiting } from "./waiting.ts"

/** How long until what could not be asked for is asked for again (ms). */
const again = 5_000

/**
 * Brings the page to life: connects it, keeps the list, the figures and the count of waiting runs up with the ledger. `onBack`: the
 * connection was lost or let go, and has come back. To be called once, by somebody who may see everything.
 */
export const goLive = (onBack: () => void) => {
  const ask = (path: string) => dashboard.api.ask<RunPage>(path)
  const keeper = new RunsKeeper(list, ask)
  const waiting = new Waiting(
    ask,
    (count) => {
      dashboard.waiting = count
    },
    (runs) => {
      for (const run of runs) notifyWaiting(run, (runId) => navigation.go(`/runs/${encodeURIComponent(runId)}`))
    },
  )
  dashboard.listen((entry) => {
    waiting.hear(entry)
    keeper.hear(entry)
    if (phaseAfter(entry) !== undefined) counters.soon()
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Brings a list up to date that could not be loaded; rows that somebody reads stay where they are. */
  const mend = () => {
    clearTimeout(timer)
    if (list.error === undefined) return
    if (list.reading()) timer = setTimeout(mend, again)
    else void list.reload()
  }
  let away = false
  const line = makeLine({
    onEntry: (entry) => dashboard.hear(entry),
    onConnection: (connection) => {
      if (connection.is === "live" && away) {
        onBack()
        mend()
      }
      away = connection.is !== "live" && (away || connection.is !== "connecting")
      if (connection.is === "signed-out") dashboard.signedOut()
      else dashboard.connection = connection
    },
    whilePaused: () => void waiting.load().catch(() => undefined),
  })
  dashboard.plugIn(line)

  /** A page of its own position connects from there; the others from where this answer ends. */
  const begin = async () => {
    try {
      dashboard.connect(await waiting.load())
    } catch {
      if (!dashboard.mustSignIn) setTimeout(begin, again)
    }
  }
  void begin()
  return {
    /** Somebody has signed in again: what happened meanwhile was not heard. */
    begin: () => {
      void begin()
      void list.reload()
    },
  }
}
