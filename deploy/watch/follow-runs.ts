import { decodeRunMessage, type RunMessage } from "@ci-fix-pilot/contract/envelope"
import { allRuns } from "@ci-fix-pilot/contract/subjects"
import { evolve, type Run } from "@ci-fix-pilot/lifecycle/run"
import { connect } from "@nats-io/transport-node"
import { Effect, Option } from "effect"

/** A run as a listener on `run.>` knows it: the fold of what it heard. */
export interface Followed {
  readonly runId: string
  readonly entries: ReadonlyArray<RunMessage>
  readonly run: Run
  /** When the first and the latest entry came, by this process's clock (ms). */
  readonly startedAt: number
  readonly changedAt: number
}

export interface Following {
  readonly runs: () => ReadonlyArray<Followed>
  /** Resolves with the first run that fits, now or later. Rejects after `withinMs`, saying what was waited for. */
  readonly until: (what: string, fits: (followed: Followed) => boolean, withinMs: number) => Promise<Followed>
  readonly close: () => Promise<void>
}

/** Listens to every ledger entry from now on, as `nats sub 'run.>'` does. */
export const followRuns = async (
  natsUrl: string,
  onEntry: (entry: RunMessage, followed: Followed) => void = () => {},
): Promise<Following> => {
  const connection = await connect({ servers: natsUrl, name: "follow-runs", maxReconnectAttempts: -1, reconnectTimeWait: 200 })
  const runs = new Map<string, Followed>()
  const waiting = new Set<(followed: Followed) => void>()

  const take = (entry: RunMessage) => {
    const before = runs.get(entry.runId)
    // A run that began before anybody listened has no beginning to fold from.
    if (before === undefined ? entry.type !== "ci-failed" : entry.seq !== before.entries.length + 1) return
    const now = performance.now()
    const followed = {
      runId: entry.runId,
      entries: [...(before?.entries ?? []), entry],
      run: evolve(before?.run, entry),
      startedAt: before?.startedAt ?? now,
      changedAt: now,
    }
    runs.set(entry.runId, followed)
    onEntry(entry, followed)
    for (const check of waiting) check(followed)
  }

  connection.subscribe(allRuns, {
    callback: (error, message) => {
      if (error !== null) return
      const entry = Effect.runSync(Effect.option(decodeRunMessage(message.string())))
      if (Option.isSome(entry)) take(entry.value)
    },
  })
  await connection.flush()

  const until: Following["until"] = (what, fits, withinMs) =>
    new Promise((resolve, reject) => {
      const found = [...runs.values()].find(fits)
      if (found !== undefined) return resolve(found)
      const end = (result: () => void) => {
        clearTimeout(timer)
        waiting.delete(check)
        result()
      }
      const check = (followed: Followed) => {
        if (fits(followed)) end(() => resolve(followed))
      }
      const timer = setTimeout(
        () => end(() => reject(new Error(`waited ${withinMs} ms for ${what}; saw ${describeAll([...runs.values()])}`))),
        withinMs,
      )
      waiting.add(check)
    })

  return { runs: () => [...runs.values()], until, close: () => connection.close() }
}

const describeAll = (runs: ReadonlyArray<Followed>) =>
  runs.length === 0 ? "no run" : runs.map(({ run }) => `${run.target.repository} ${run.target.branch}: ${run.phase}`).join(", ")
