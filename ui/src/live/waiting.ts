import type { RunPage, RunSummary } from "@ci-fix-pilot/contract/run-view"
import { ApiError } from "../api.ts"
import { waitsForPerson } from "../parts/status-words.ts"
import type { LiveEntry } from "./follow.ts"
import { phaseAfter } from "./phase-after.ts"

/** Where runs that wait for a person are listed; `pageSize` is the most that the api gives. */
const path = "/v1/ci-healing/runs?phase=awaiting-approval&pageSize=100"
/** Several runs that begin to wait at once are asked for once (ms). */
const together = 300
/** How long until what could not be asked for is asked for again (ms). */
const again = 5_000

/** The runs that wait for a person, among all runs, known from the api and kept up with the ledger. */
export class Waiting {
  readonly #ask: (path: string) => Promise<RunPage>
  readonly #onCount: (count: number) => void
  readonly #onBegin: (runs: ReadonlyArray<RunSummary>) => void
  #runs: ReadonlySet<string> | undefined
  #count = 0
  /** The ledger position of what is known. */
  #position = Number.NEGATIVE_INFINITY
  #asking = 0
  /** What is heard while an answer is on its way: the answer may be older. */
  #meanwhile: ReadonlyArray<LiveEntry> = []
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `onBegin` hears of runs that begin to wait while the page is open, not of those that did already. */
  constructor(
    ask: (path: string) => Promise<RunPage>,
    onCount: (count: number) => void,
    onBegin: (runs: ReadonlyArray<RunSummary>) => void,
  ) {
    this.#ask = ask
    this.#onCount = onCount
    this.#onBegin = onBegin
  }

  /** Asks anew. Resolves to the ledger position of the answer; fails with ApiError. */
  async load(): Promise<number> {
    this.#asking += 1
    try {
      const page = await this.#ask(path)
      if (page.position >= this.#position) this.#take(page)
      return page.position
    } finally {
      this.#asking -= 1
      if (this.#asking === 0) this.#meanwhile = []
    }
  }

  hear(entry: LiveEntry) {
    if (this.#asking > 0) this.#meanwhile = [...this.#meanwhile, entry]
    this.#change(entry)
  }

  #take({ items, total, position }: RunPage) {
    const known = this.#runs
    this.#position = position
    this.#runs = new Set(items.map(({ runId }) => runId))
    this.#say(total)
    const begun = items.filter(({ runId }) => known !== undefined && !known.has(runId))
    if (begun.length > 0) this.#onBegin(begun)
    for (const entry of this.#meanwhile) if (entry.position > position) this.#change(entry)
  }

  #change(entry: LiveEntry) {
    const phase = phaseAfter(entry)
    // A line that goes on behind an answer tells again what the answer holds.
    if (phase === undefined || this.#runs === undefined || entry.position <= this.#position) return
    const known = this.#runs.has(entry.runId)
    if (waitsForPerson(phase) && !known) return this.#soon(together)
    if (waitsForPerson(phase) || !known) return
    this.#runs = new Set([...this.#runs].filter((runId) => runId !== entry.runId))
    this.#say(this.#count - 1)
    // Those that did not fit into the answer would be unknown for ever.
    if (this.#count > this.#runs.size) this.#soon(together)
  }

  #say(count: number) {
    this.#count = count
    this.#onCount(count)
  }

  #soon(ms: number) {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.load().catch((error: unknown) => {
        // Whoever signs in again begins anew.
        if (!(error instanceof ApiError && error.status === 401)) this.#soon(again)
      })
    }, ms)
  }
}
