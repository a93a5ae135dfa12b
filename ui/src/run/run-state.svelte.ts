import type { RunDetail, RunPage } from "@ci-fix-pilot/contract/run-view"
import { dashboard } from "../dashboard.svelte.ts"
import type { LiveEntry } from "../live/follow.ts"
import { fold, isKnown, knownEntries } from "./fold-ledger.ts"

const runs = "/v1/ci-healing/runs"
/** How long until what the page lacks is asked for again (ms). */
const again = 5_000

/**
 * One run as the page knows it: what the server said once, and every entry of its ledger since, each once and in order. An entry that
 * leaves a gap makes it ask again.
 */
export class RunState {
  readonly runId: string
  detail: RunDetail | undefined = $state.raw()
  entries: ReadonlyArray<LiveEntry> = $state.raw([])
  /** Why there is nothing to show. */
  problem: unknown = $state.raw()
  /** The last entry that was there when the page was opened: what is newer happened before the reader's eyes. */
  seenAtFirst = $state.raw(Number.POSITIVE_INFINITY)
  readonly run = $derived(fold(this.entries))
  #early: ReadonlyArray<LiveEntry> = []
  #asking = false
  /** The answer that is on its way may be too old by now. */
  #again = false
  #stopped = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(runId: string) {
    this.runId = runId
  }

  /** Follows the run until told to stop. */
  follow(): () => void {
    const stop = dashboard.listen((entry) => this.take(entry))
    void this.read()
    return () => {
      stop()
      this.#stopped = true
      clearTimeout(this.#timer)
    }
  }

  /** Asks for the run; the head of the ledger first: what is committed in between is heard twice, never missed. */
  async read() {
    if (this.#asking) {
      this.#again = true
      return
    }
    this.#asking = true
    clearTimeout(this.#timer)
    try {
      const { position } = await dashboard.api.ask<RunPage>(`${runs}?pageSize=1`)
      const detail = await dashboard.api.ask<RunDetail>(`${runs}/${encodeURIComponent(this.runId)}`)
      this.show(detail)
      dashboard.connect(position)
    } catch (error) {
      if (this.detail === undefined) this.problem = error
      // What is shown lacks an entry that nobody tells again.
      else if (!this.#stopped) this.#timer = setTimeout(() => void this.read(), again)
    } finally {
      this.#asking = false
      const again = this.#again
      this.#again = false
      if (again) void this.read()
    }
  }

  show(detail: RunDetail) {
    this.problem = undefined
    this.detail = detail
    this.entries = knownEntries(detail.events)
    this.seenAtFirst = Math.min(this.seenAtFirst, this.#last)
    // Whatever this answer leaves open, the entries that came meanwhile say once more.
    this.#again = false
    const early = this.#early
    this.#early = []
    for (const entry of early) this.#place(entry)
  }

  /** Takes an entry that has just been committed. */
  take(entry: LiveEntry) {
    if (entry.runId !== this.runId || !isKnown(entry)) return
    if (this.detail === undefined || this.#asking) this.#early = [...this.#early, entry]
    this.#place(entry)
  }

  #place(entry: LiveEntry) {
    if (this.detail === undefined || entry.seq <= this.#last) return
    const whole = entry.seq === this.#last + 1
    if (whole) this.entries = [...this.entries, entry]
    // Only the server knows until when a person may decide.
    if (!whole || entry.type === "approval-requested") void this.read()
  }

  get #last(): number {
    return this.entries.at(-1)?.seq ?? 0
  }
}
