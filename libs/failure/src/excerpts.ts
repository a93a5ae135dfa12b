import { cleanLogLine } from "./clean.ts"
import { isFrameOfOthers, isPassing, isSummary } from "./log-lines.ts"
import { type Mark, markOf } from "./marks.ts"

/** Longer lines are cut (characters). */
const LINE = 400
/** A line is not read further than this (bytes). */
const LINE_BYTES = 4_096
/** What a block may hold: the first one, and each of the next two (lines, characters). */
const FIRST = { lines: 40, characters: 6_000 }
const NEXT = { lines: 12, characters: 1_500 }
const SUMMARIES = 8
const CONTEXT = 4
const TAIL = 30
/** Suspect lines that are judged one by one, and beginnings of lines remembered after that. */
const JUDGED = 10_000
const HEADS = 4_096
const LINE_FEED = 10

interface Block {
  readonly mark: Mark
  readonly command: string | undefined
  /** Lines before the mark. */
  readonly before: ReadonlyArray<string>
  readonly lines: Array<string>
  readonly limit: typeof FIRST
  characters: number
}

/**
 * Chooses what a person would quote: the first report of the highest rank with the lines after it, up to two more of them, the
 * tool's own summary, the failing command. A better mark replaces what was collected under a weaker one.
 */
export class Excerpts {
  #blocks: Array<Block> = []
  #open: Block | undefined
  #more = 0
  #command: string | undefined
  #passed = false
  #inDetails = false
  #judged = 0
  readonly #heads = new Map<string, Mark | undefined>()
  readonly #summary: Array<string> = []

  /** Whether every line is wanted now. */
  get open(): boolean {
    return this.#open !== undefined
  }

  /** A line of the redacted log, between `start` and `end`; earlier lines stand before it in `bytes`. `suspect`: it may hold a mark. */
  line(bytes: Buffer, start: number, end: number, suspect: boolean): void {
    const text = textOf(bytes, start, end)
    const command = /^##\[group\]Run (.+)/.exec(text)?.[1]
    if (command !== undefined) this.#command = command
    const mark = suspect ? this.#markOf(text) : undefined
    if (suspect && isSummary(text)) this.#addSummary(text)
    if (command !== undefined || isSummary(text)) this.#close()
    else if (mark !== undefined && this.#isBetter(mark)) this.#begin(mark, text, contextOf(bytes, start))
    else if (this.#open !== undefined) this.#append(this.#open, text)
    else if (mark !== undefined) this.#another(mark, text)
  }

  /** The digest's text; `tail` is the end of the log, for logs that never say what is wrong. */
  digest(tail: string): { readonly text: string; readonly firstError: number | undefined } {
    const [first, ...next] = this.#blocks.map(trimmed)
    const summary = this.#summary.filter((line) => !(first?.lines.includes(line) ?? false))
    if (first === undefined) return { text: lastLines(tail), firstError: undefined }
    const head = [...(first.command === undefined ? [] : [`$ ${first.command}`, ""]), ...first.before]
    const further = next.flatMap((block) => ["", ...block.lines])
    const more = this.#more > next.length ? ["", `(${this.#more - next.length} more like this)`] : []
    const text = [...head, ...first.lines, ...further, ...more, ...(summary.length === 0 ? [] : ["", ...summary])]
    return { text: text.join("\n"), firstError: head.length + first.offset }
  }

  /** After many suspect lines the rules are asked once per beginning of a line, so that a log of errors only is still read fast. */
  #markOf(text: string): Mark | undefined {
    this.#judged += 1
    if (this.#judged <= JUDGED) return markOf(text)
    const head = text.slice(0, 64).replace(/[0-9]+/g, "0")
    if (this.#heads.has(head)) return this.#heads.get(head)
    const mark = markOf(text)
    if (this.#heads.size < HEADS) this.#heads.set(head, mark)
    return mark
  }

  #isBetter(mark: Mark): boolean {
    const best = this.#blocks[0]
    return best === undefined || mark.rank > best.mark.rank
  }

  #begin(mark: Mark, text: string, context: ReadonlyArray<string>): void {
    const above = mark.place === "above" ? context.slice(-1) : []
    const before = mark.place === "above" ? context.slice(0, -1) : context
    this.#blocks = []
    this.#more = 0
    this.#start({ mark, command: this.#command, before, lines: [...above], limit: FIRST, characters: 0 }, text)
  }

  #another(mark: Mark, text: string): void {
    if (mark.rank !== this.#blocks[0]?.mark.rank || mark.rank < 4) return
    this.#more += 1
    if (this.#blocks.length < 3) this.#start({ mark, command: undefined, before: [], lines: [], limit: NEXT, characters: 0 }, text)
  }

  #start(block: Block, text: string): void {
    this.#blocks.push(block)
    this.#open = block
    this.#append(block, text)
  }

  #append(block: Block, text: string): void {
    if (this.#isSkipped(text) || isFrameOfOthers(text)) return
    if (text === "" && (block.lines.at(-1) ?? "") === "") return
    block.lines.push(text)
    block.characters += text.length
    if (block.lines.length >= block.limit.lines || block.characters >= block.limit.characters) this.#close()
  }

  /** Tests that passed, with the details that TAP gives of them. */
  #isSkipped(text: string): boolean {
    const passing = isPassing(text)
    const details = this.#passed && (/^\s*---$/.test(text) || this.#inDetails)
    this.#inDetails = details && !/^\s*\.\.\.$/.test(text)
    this.#passed = passing || this.#inDetails
    return passing || details || /^\s*duration_ms:/.test(text)
  }

  #close(): void {
    this.#open = undefined
  }

  #addSummary(text: string): void {
    if (this.#summary.includes(text)) return
    this.#summary.push(text)
    if (this.#summary.length > SUMMARIES) this.#summary.shift()
  }
}

const trimmed = (block: Block) => {
  const end = block.lines.findLastIndex((line) => line !== "") + 1
  const lines = block.lines.slice(0, end)
  const below = block.mark.place === "below" ? lines.findIndex((line, at) => at > 0 && line !== "") : 0
  return { command: block.command, before: block.before, lines, offset: Math.max(0, below) }
}

const textOf = (bytes: Buffer, start: number, end: number): string => {
  const text = cleanLogLine(bytes.toString("utf8", start, Math.min(end, start + LINE_BYTES)))
  return text.length > LINE ? `${text.slice(0, LINE)}…` : text
}

/** The lines directly before `start`, back to an empty line. */
const contextOf = (bytes: Buffer, start: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (let end = start - 1; end >= 0 && lines.length < CONTEXT; ) {
    const from = end === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, end - 1) + 1
    const line = textOf(bytes, from, end)
    if (line === "" || line.startsWith("##[endgroup]") || isPassing(line)) break
    lines.unshift(line)
    end = from - 1
  }
  return lines
}

const lastLines = (tail: string): string => {
  const lines = tail.split("\n").map(cleanLogLine)
  const told = lines.filter((line, at) => line !== "" || (lines[at - 1] ?? "") !== "")
  return told
    .slice(-TAIL)
    .map((line) => line.slice(0, LINE))
    .join("\n")
    .trim()
}
