import { count } from "../parts/format.ts"
import { plainLine } from "./plain-line.ts"

/** Every so many lines the place where one begins is kept: little memory, and never far to count from. */
const stride = 64
/** Longer lines are cut where they are shown: nobody reads them, and a browser would lay them out (characters). */
const longestLine = 4_000
/** A colour that is cut in two would be read as text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what is looked for
const halfEscape = /\u001b(?:\[[\d;]*)?$/u

/** A line as far as anybody reads it. */
const cut = (line: string): string => {
  if (line.length <= longestLine) return line
  const kept = line.slice(0, longestLine).replace(halfEscape, "")
  return `${kept} … cut, ${count(line.length - kept.length)} more characters`
}

/** How much is searched in one go, so that others get their turn in between (bytes). */
const searched = 1_048_576

/** A log as the bytes that arrived, with the places of its lines; only what is looked at becomes text. */
export class LogIndex {
  bytes = 0
  /** Lines so far; the last one may still grow. */
  lines = 1
  #finished = false
  readonly #chunks: Array<{ readonly start: number; readonly bytes: Uint8Array }> = []
  readonly #marks: Array<number> = [0]
  readonly #decoder = new TextDecoder()

  append(bytes: Uint8Array) {
    if (bytes.length === 0) return
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
      if (this.lines % stride === 0) this.#marks.push(this.bytes + at + 1)
      this.lines += 1
    }
    this.#chunks.push({ start: this.bytes, bytes })
    this.bytes += bytes.length
  }

  /** The log has ended: a line feed at its end begins no line. */
  finish() {
    this.#finished = true
    if (this.lines > 1 && this.#byte(this.bytes - 1) === 10) this.lines -= 1
  }

  /** The texts of the lines from `from` to `to` (exclusive), as far as there are, each cut where nobody reads on. */
  text(from: number, to: number): ReadonlyArray<string> {
    return this.#whole(from, to).map(cut)
  }

  /**
   * The numbers of the lines that hold a text, whatever its case and the colours in between; at most `most`, piece by piece so that a caller
   * may rest. Undefined: all that has arrived is searched, ask again when there is more; the last line waits until it is whole.
   */
  *find(text: string, most: number): Generator<ReadonlyArray<number> | undefined, void> {
    const wanted = plainLine(text).toLowerCase()
    let found = 0
    for (let line = 0; wanted !== "" && found < most; ) {
      const end = this.#finished ? this.lines : this.lines - 1
      if (line >= end) {
        if (this.#finished) return
        yield undefined
        continue
      }
      const next = Math.min(end, this.#lineNear((this.#marks[Math.floor(line / stride)] ?? 0) + searched, line))
      const hits: Array<number> = []
      for (const [n, one] of this.#whole(line, next).entries())
        if (found + hits.length < most && plainLine(one).toLowerCase().includes(wanted)) hits.push(line + n)
      found += hits.length
      line = next
      yield hits
    }
  }

  /** Lines as they arrived. */
  #whole(from: number, to: number): ReadonlyArray<string> {
    const first = Math.max(0, from)
    const last = Math.min(this.lines, to)
    if (first >= last) return []
    const mark = Math.floor(first / stride)
    const end = this.#marks[Math.ceil(last / stride)] ?? this.bytes
    const all = this.#decode(this.#marks[mark] ?? 0, end).split("\n")
    return all.slice(first - mark * stride, last - mark * stride).map((line) => line.replace(/\r$/u, ""))
  }

  /** The first marked line at or after a place, always beyond `line`. */
  #lineNear(place: number, line: number): number {
    let mark = Math.floor(line / stride) + 1
    while (mark < this.#marks.length && (this.#marks[mark] ?? 0) < place) mark += 1
    return mark < this.#marks.length ? mark * stride : this.lines
  }

  #chunkAt(place: number): number {
    let [low, high] = [0, this.#chunks.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#chunks[middle]?.start ?? 0) <= place) low = middle
      else high = middle - 1
    }
    return low
  }

  #byte(place: number): number | undefined {
    const chunk = this.#chunks[this.#chunkAt(place)]
    return chunk?.bytes[place - chunk.start]
  }

  #decode(from: number, to: number): string {
    const whole = new Uint8Array(Math.max(0, to - from))
    for (let n = this.#chunkAt(from); n < this.#chunks.length; n += 1) {
      const chunk = this.#chunks[n]
      if (chunk === undefined || chunk.start >= to) break
      const part = chunk.bytes.subarray(Math.max(0, from - chunk.start), to - chunk.start)
      whole.set(part, Math.max(0, chunk.start - from))
    }
    return this.#decoder.decode(whole)
  }
}
