import { SvelteMap } from "svelte/reactivity"
import type { LogAnswer, LogQuestion } from "./log-messages.ts"

/** How many lines are asked for at once, and how many are kept. */
const block = 200
const mostKept = 40

/** What a reader needs of the worker. */
export interface LogWorker {
  onmessage: ((message: MessageEvent<LogAnswer>) => void) | null
  onerror: ((event: ErrorEvent) => void) | null
  postMessage(question: LogQuestion): void
  terminate(): void
}

/** A log that a worker holds: the page asks for the blocks of lines that are in sight, and for where a text stands. */
export class LogReader {
  lines = $state.raw(0)
  bytes = $state.raw(0)
  done = $state.raw(false)
  /** The status of a refusal, 0 when nothing came at all. */
  failed: number | undefined = $state.raw()
  found: ReadonlyArray<number> = $state.raw([])
  searching = $state.raw(false)
  readonly #worker: LogWorker
  readonly #blocks = new SvelteMap<number, ReadonlyArray<string>>()
  readonly #asked = new Set<number>()
  #search = 0

  constructor(worker: LogWorker, path: string) {
    this.#worker = worker
    worker.onmessage = ({ data }: MessageEvent<LogAnswer>) => this.#hear(data)
    worker.onerror = () => {
      this.failed = 0
    }
    this.#ask({ type: "open", path })
  }

  /** A line's text; undefined until it has come. */
  line(n: number): string | undefined {
    return this.#blocks.get(Math.floor(n / block))?.[n % block]
  }

  /** Sees to it that these lines come. */
  want(from: number, to: number) {
    for (let n = Math.floor(Math.max(0, from) / block); n * block < Math.min(to, this.lines); n += 1) {
      // What was in sight last stands last, and goes last.
      const known = this.#asked.delete(n)
      this.#asked.add(n)
      if (!known) this.#ask({ type: "lines", ask: n, from: n * block, to: (n + 1) * block })
    }
  }

  find(text: string) {
    this.#search += 1
    this.found = []
    this.searching = text !== ""
    if (text !== "") this.#ask({ type: "find", ask: this.#search, text })
  }

  close() {
    this.#worker.terminate()
  }

  #ask(question: LogQuestion) {
    this.#worker.postMessage(question)
  }

  #hear(answer: LogAnswer) {
    if (answer.type === "failed") this.failed = answer.status
    else if (answer.type === "found") this.#hearFound(answer)
    else if (answer.type === "lines") this.#keep(answer.ask, answer.lines)
    else {
      // The last line was not whole yet: its block is asked for again.
      this.#asked.delete(Math.floor((this.lines - 1) / block))
      this.lines = answer.lines
      this.bytes = answer.bytes
      this.done = answer.done
    }
  }

  #hearFound({ ask, lines, done }: Extract<LogAnswer, { type: "found" }>) {
    if (ask !== this.#search) return
    if (lines.length > 0) this.found = [...this.found, ...lines]
    if (done) this.searching = false
  }

  #keep(n: number, lines: ReadonlyArray<string>) {
    this.#blocks.set(n, lines)
    if (this.#blocks.size <= mostKept) return
    const kept = [...this.#blocks.keys()]
    const oldest = kept.find((one) => !this.#asked.has(one)) ?? [...this.#asked].find((one) => this.#blocks.has(one))
    if (oldest === undefined) return
    this.#blocks.delete(oldest)
    this.#asked.delete(oldest)
  }
}
