import type { RunPage, RunSummary } from "@ci-fix-pilot/contract/run-view"
import { statusOf } from "@ci-fix-pilot/lifecycle/run"
import type { LiveEntry } from "../live/follow.ts"
import { phaseAfter } from "../live/phase-after.ts"
import { apiPathOf, type Filter } from "./filter.ts"
import { type Row, rowAfter, rowOf } from "./row.ts"
import type { RunsList } from "./runs-list.svelte.ts"
import { takes, takesStatus } from "./takes.ts"

/** Several runs that may belong to the list are asked for at once (ms). */
const together = 400

/** Keeps the list up with the ledger: folds each entry onto its run, wherever that stands. `ask` answers a path of the api. */
export class RunsKeeper {
  readonly #list: RunsList
  readonly #ask: (path: string) => Promise<RunPage>
  /** What the list's summaries stand for, as far as entries have changed them. */
  readonly #rows = new WeakMap<RunSummary, Row>()
  #meanwhile: Array<LiveEntry> = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(list: RunsList, ask: (path: string) => Promise<RunPage>) {
    this.#list = list
    this.#ask = ask
    list.onPut = () => {
      for (const entry of this.#meanwhile.splice(0)) this.hear(entry)
    }
  }

  hear(entry: LiveEntry) {
    const list = this.#list
    // What is asked for may have been read before this entry was committed.
    if (list.loading) this.#meanwhile.push(entry)
    if (this.#change(entry) || list.shown === undefined || entry.position <= list.position) return
    const waiting = list.arrivals.get(entry.runId)
    const run = this.#after(waiting, entry)
    if (run === undefined) return this.#mayBelong(list.shown, entry)
    const belongs = takes(list.shown, run)
    if (belongs !== (waiting !== undefined)) list.total += belongs ? 1 : -1
    if (belongs) this.#arrive(entry.runId, run)
    else if (waiting !== undefined) list.arrivals = new Map([...list.arrivals].filter(([runId]) => runId !== entry.runId))
  }

  /** Changes the run of an entry where it stands; false if the list does not show it. */
  #change(entry: LiveEntry): boolean {
    const { rows } = this.#list
    const at = rows.findIndex(({ runId }) => runId === entry.runId)
    const run = rows[at]
    const next = run && this.#after(run, entry)
    if (next !== undefined && next !== run) this.#list.rows = rows.with(at, next)
    return run !== undefined
  }

  #after(run: RunSummary | undefined, entry: LiveEntry): RunSummary | undefined {
    const row = run && (this.#rows.get(run) ?? rowOf(run))
    const next = rowAfter(row, entry)
    if (next !== undefined) this.#rows.set(next.summary, next)
    return next?.summary
  }

  /** A run of which nothing but its new state is known may belong to the list from now on, or no longer; only the api can tell. */
  #mayBelong(filter: Filter, entry: LiveEntry) {
    const phase = phaseAfter(entry)
    if (phase === undefined || filter.status === "" || filter.page > 1) return
    // Of the many steps of a run at work only the first makes it one.
    const begins =
      takesStatus(filter, { status: statusOf(phase), phase }) && (filter.status !== "running" || entry.type === "fetch-started")
    if (begins || this.#list.arrivals.has(entry.runId)) this.#timer ??= setTimeout(() => void this.#look(), together)
  }

  /** Puts an answer of now in the place of the list's; while somebody reads, only says how much of it is new. */
  async #look() {
    this.#timer = undefined
    const list = this.#list
    const { shown, rows } = list
    if (list.loading || shown === undefined) return
    if (!list.reading()) return list.reload()
    const page = await this.#ask(apiPathOf(shown, list.pageSize)).catch(() => undefined)
    if (page === undefined || list.shown !== shown || list.loading) return
    const known = new Set(rows.map(({ runId }) => runId))
    const left = [...list.arrivals].filter(([, run]) => run !== undefined)
    const fresh = page.items.filter(({ runId }) => !known.has(runId) && list.arrivals.get(runId) === undefined)
    list.arrivals = new Map([...left, ...fresh.map(({ runId }) => [runId, undefined] as const)])
  }

  #arrive(runId: string, run: RunSummary) {
    this.#list.arrivals = new Map(this.#list.arrivals).set(runId, run)
    if (!this.#list.reading()) this.#list.settle()
  }
}
