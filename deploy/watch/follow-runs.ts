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

/** Where entries are read from that the broker did not bring: the broker tells, it does not keep. */
export interface LedgerSource {
  /** The entries since the last call. A call that fails is repeated. */
  readonly read: () => Promise<ReadonlyArray<RunMessage>>
  /** After so long without an entry it is looked at (ms). */
  readonly quietMs: number
}

/**
 * Listens to every ledger entry from now on, as `nats sub 'run.>'` does. With a `source`, what is missing before an entry is read there at
 * once, and so is everything after a quiet while: then every entry comes, once and in the order of its run.
 */
export const followRuns = async (
  natsUrl: string,
  onEntry: (entry: RunMessage, followed: Followed) => void = () => {},
  source?: LedgerSource,
): Promise<Following> => {
  const connection = await connect({ servers: natsUrl, name: "follow-runs", maxReconnectAttempts: -1, reconnectTimeWait: 200 })
  const runs = new Map<string, Followed>()
  const waiting = new Set<(followed: Followed) => void>()

  const take = (entry: RunMessage) => {
    const before = runs.get(entry.runId)
    // A run that began before anybody listened has no beginning to fold from.
    if (entry.seq !== 1 + (before?.entries.length ?? 0)) return
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

  let reading = false
  let again = false
  let quiet: ReturnType<typeof setTimeout> | undefined
  const waitForQuiet = () => {
    clearTimeout(quiet)
    if (source !== undefined && !connection.isClosed()) quiet = setTimeout(catchUp, source.quietMs)
  }
  /** One reading at a time; what was missed during one is read by the next. */
  const catchUp = async () => {
    again = true
    if (source === undefined || reading) return
    reading = true
    while (again) {
      again = false
      // The source may be away as the broker is: the next quiet while tries again.
      for (const entry of await source.read().catch(() => [])) take(entry)
    }
    reading = false
    waitForQuiet()
  }

  connection.subscribe(allRuns, {
    callback: (error, message) => {
      if (error !== null) return
      const entry = Effect.runSync(Effect.option(decodeRunMessage(message.string())))
      if (Option.isNone(entry)) return
      const known = runs.get(entry.value.runId)?.entries.length ?? 0
      if (entry.value.seq > known + 1) void catchUp()
      take(entry.value)
      waitForQuiet()
    },
  })
  await connection.flush()
  waitForQuiet()

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

  const close = async () => {
    await connection.close()
    clearTimeout(quiet)
  }
  return { runs: () => [...runs.values()], until, close }
}

const describeAll = (runs: ReadonlyArray<Followed>) =>
  runs.length === 0 ? "no run" : runs.map(({ run }) => `${run.target.repository} ${run.target.branch}: ${run.phase}`).join(", ")
