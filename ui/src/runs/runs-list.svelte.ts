import type { RunPage, RunSummary } from "@ci-fix-pilot/contract/run-view"
import { apiPathOf, type Filter, hrefOf } from "./filter.ts"

/** Runs on a page of the list. */
const pageSize = 50
/** What changes together is asked for once (ms). */
const together = 400

export interface RunsSource {
  readonly ask: (path: string, signal: AbortSignal) => Promise<RunPage>
  /** The page ends at this position of the ledger: whoever follows it must go on from there. */
  readonly onPage: (position: number) => void
}

/**
 * One page of the list. New runs wait in `arrivals` while somebody reads, so that nothing moves under his eyes or his pointer; what lives on
 * (runs-keeper.ts) changes rows where they stand.
 */
export class RunsList {
  rows: ReadonlyArray<RunSummary> = $state.raw([])
  total: number = $state.raw(0)
  pageSize: number = $state.raw(pageSize)
  /** The filter that `rows` answer; undefined before the first answer. */
  shown: Filter | undefined = $state.raw()
  loading: boolean = $state.raw(false)
  error: unknown = $state.raw()
  /** Runs that belong at the top of this page, by id; those of which only the state is known have no summary. */
  arrivals: ReadonlyMap<string, RunSummary | undefined> = $state.raw(new Map())
  /** Whether somebody reads: what is new waits. The page says it. */
  reading: () => boolean = () => false
  /** The rows hold what the ledger says up to here. */
  position = 0
  /** Called when `rows` are another page or another answer. */
  onPut: () => void = () => undefined

  readonly #source: RunsSource
  #wanted: Filter | undefined
  #asking: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(source: RunsSource) {
    this.#source = source
  }

  /** Whether what is shown is what a filter asks for: it may be old, or another filter's. */
  answers(filter: Filter): boolean {
    return this.shown !== undefined && hrefOf(this.shown) === hrefOf(filter)
  }

  /** Shows what a filter asks for; the one that is shown already is not asked for again. */
  show(filter: Filter) {
    if (this.#wanted !== undefined && hrefOf(this.#wanted) === hrefOf(filter)) return
    this.#wanted = filter
    this.error = undefined
    void this.reload()
  }

  /** Takes a page that came with the document. */
  take(filter: Filter, page: RunPage) {
    this.#wanted = filter
    this.#put(filter, page)
  }

  async reload() {
    const filter = this.#wanted
    if (filter === undefined) return
    this.#asking?.abort()
    const asking = new AbortController()
    this.#asking = asking
    this.loading = true
    try {
      const page = await this.#source.ask(apiPathOf(filter, this.pageSize), asking.signal)
      if (this.#asking === asking) this.#put(filter, page)
    } catch (error) {
      if (this.#asking === asking) this.error = error
    }
    if (this.#asking === asking) this.loading = false
  }

  /** Puts the arrivals on top, asking for them where their state alone is known. Elsewhere than on the first page they are only counted. */
  settle() {
    if (this.arrivals.size === 0 || this.shown?.page !== 1) return
    const runs = [...this.arrivals.values()].reverse().filter((run) => run !== undefined)
    if (runs.length < this.arrivals.size) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined
        // What comes while an answer is on its way is put on top of it, or asked for after it.
        if (!this.loading) void this.reload()
      }, together)
      return
    }
    this.arrivals = new Map()
    this.rows = [...runs, ...this.rows].slice(0, this.pageSize)
  }

  #put(filter: Filter, page: RunPage) {
    this.rows = page.items
    this.total = page.total
    this.pageSize = page.pageSize
    this.shown = filter
    this.error = undefined
    this.loading = false
    this.arrivals = new Map()
    this.position = page.position
    this.#source.onPage(page.position)
    this.onPut()
  }
}
