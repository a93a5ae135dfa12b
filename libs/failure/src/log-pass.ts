import { FOLD, makeGrams, SECRET, SLOT_SHIFT } from "./grams.ts"
import { BLANK } from "./secret-shapes.ts"
import { SecretLines } from "./secrets.ts"

/** A line that was longer than this is looked at in pieces (bytes). */
const MAX_LINE = 65_536
/** How much of a chunk is taken up at once, so that memory stays bounded for any chunk (bytes). */
const STEP = 262_144
/** How much of a long line must be seen on both sides of a cut (bytes). */
const WINDOW = 2_048
/** How much redacted text stays at hand behind the current line (bytes). */
const BEHIND = 8_192

/** Room to begin with (bytes); it doubles as needed, so that short texts stay cheap. */
const START = 2_048

const LINE_FEED = 10
const MARKER_AT_END = /\[redacted:[a-z-]+\]$/
/** A secret that went on over a cut: everything up to a space, quote or separator. */
const REST_OF_SECRET = new RegExp(`^[^${BLANK}"'\`,;<>]+`)

/** Sees redacted lines: `bytes` from `start` to `end` without the line feed, valid only during the call, preceded by up to 8 KB of what came before. */
export interface LineWatcher {
  /** Ask for every line instead of only those with flags. */
  readonly wantsAll: boolean
  readonly line: (bytes: Buffer, start: number, end: number, flags: number) => void
}

/** The table is the same for every log without known secrets, and costs more than a short log. */
const ordinary = makeGrams([])

const nobody: LineWatcher = { wantsAll: false, line: () => {} }

/**
 * The one pass over a log: bytes in, redacted bytes out, and a watcher is shown the lines in which something may have gone wrong.
 * Every byte is looked at once by a table; only lines that may hold a secret meet regular expressions. Holds one unfinished line.
 */
export class LogPass {
  bytes = 0
  lines = 0
  readonly #secrets: SecretLines
  readonly #grams: ReturnType<typeof makeGrams>
  readonly #watcher: LineWatcher
  #in: Buffer = Buffer.allocUnsafe(START)
  #inLength = 0
  #scanned = 0
  #word = 0
  #flags = 0
  #out: Buffer = Buffer.allocUnsafe(START)
  #outLength = 0
  #inSecret = false

  /** `values` are known secrets as Latin-1 readings of their bytes, at least four long. */
  constructor(values: ReadonlyArray<string>, watcher: LineWatcher = nobody) {
    this.#secrets = new SecretLines(values)
    this.#grams = values.length === 0 ? ordinary : makeGrams(values)
    this.#watcher = watcher
  }

  /** How many secrets were removed so far. */
  get redactions(): number {
    return this.#secrets.count
  }

  /** Takes a chunk cut anywhere; gives the redacted lines that became complete. */
  push(chunk: Uint8Array): Uint8Array {
    const kept = this.#forgetOld()
    for (let at = 0; at < chunk.length; at += STEP) this.#take(chunk.subarray(at, at + STEP))
    return this.#since(kept)
  }

  /** The rest. */
  finish(): Uint8Array {
    const kept = this.#forgetOld()
    if (this.#inLength > 0) this.lines += 1
    if (this.#inLength > 0) this.#emit(0, this.#inLength, false)
    this.#inLength = 0
    return this.#since(kept)
  }

  /** The last of the redacted text, at most 8 KB. */
  behind(): string {
    return this.#out.toString("utf8", Math.max(0, this.#outLength - BEHIND), this.#outLength)
  }

  #since(kept: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#out, kept, this.#outLength)
  }

  #forgetOld(): number {
    const from = Math.max(0, this.#outLength - BEHIND)
    this.#out.copyWithin(0, from, this.#outLength)
    this.#outLength -= from
    return this.#outLength
  }

  #take(piece: Uint8Array): void {
    this.bytes += piece.length
    this.#in = withRoom(this.#in, this.#inLength, piece.length)
    this.#in.set(piece, this.#inLength)
    this.#inLength += piece.length
    const done = this.#scan()
    this.#in.copyWithin(0, done, this.#inLength)
    this.#inLength -= done
    this.#scanned = this.#inLength
    while (this.#inLength > MAX_LINE) this.#cut()
  }

  /** The hot loop. Runs of lines without flags are copied in one go. Returns where the unfinished line starts. */
  #scan(): number {
    const { slots, words, flags, multiplier } = this.#grams
    const bytes = this.#in
    const length = this.#inLength
    let word = this.#word
    let found = this.#flags
    let start = 0
    let copied = 0
    for (let at = this.#scanned; at < length; at += 1) {
      const byte = bytes[at] ?? 0
      word = (word << 8) | (FOLD[byte] ?? 0)
      const index = slots[Math.imul(word, multiplier) >>> SLOT_SHIFT] ?? 0
      if (index !== 0 && words[index] === word) found |= flags[index] ?? 0
      if (byte !== LINE_FEED) continue
      this.lines += 1
      if (found !== 0 || this.#watcher.wantsAll || this.#secrets.open || this.#inSecret) {
        this.#copy(copied, start)
        this.#flags = found
        this.#emit(start, at, true)
        copied = at + 1
      }
      start = at + 1
      found = 0
    }
    this.#copy(copied, start)
    this.#word = word
    this.#flags = found
    return start
  }

  #copy(from: number, to: number): void {
    if (to <= from) return
    this.#out = withRoom(this.#out, this.#outLength, to - from)
    this.#in.copy(this.#out, this.#outLength, from, to)
    this.#outLength += to - from
  }

  /** One line, or piece of a long one, out. */
  #emit(from: number, to: number, whole: boolean): void {
    const start = this.#outLength
    if ((this.#flags & SECRET) !== 0 || this.#secrets.open || this.#inSecret)
      this.#write(this.#redacted(this.#in.toString("latin1", from, to)))
    else this.#copy(from, to)
    this.#watcher.line(this.#out, start, this.#outLength, this.#flags)
    if (whole) this.#write("\n")
    if (whole) this.#inSecret = false
    this.#flags = 0
  }

  #redacted(text: string): string {
    const rest = this.#inSecret ? text.replace(REST_OF_SECRET, "") : text
    if (this.#inSecret && rest === "") return ""
    const redacted = this.#secrets.redact(rest)
    this.#inSecret = MARKER_AT_END.test(redacted)
    return redacted
  }

  #write(text: string): void {
    this.#out = withRoom(this.#out, this.#outLength, text.length)
    this.#outLength += this.#out.write(text, this.#outLength, "latin1")
  }

  /** Lets go of the front of an overlong line, at a place where looking at both sides alone finds what looking at the whole finds. */
  #cut(): void {
    const flags = this.#flags
    const at = this.#safeCut()
    this.#emit(0, at, false)
    this.#in.copyWithin(0, at, this.#inLength)
    this.#inLength -= at
    this.#scanned = this.#inLength
    this.#flags = flags
  }

  #safeCut(): number {
    const latest = MAX_LINE - WINDOW
    for (let at = latest; at > latest - WINDOW * 8; at -= 257) {
      const left = this.#in.toString("latin1", at - WINDOW, at)
      const right = this.#in.toString("latin1", at, at + WINDOW)
      if (alone(left + right) === alone(left) + alone(right).replace(MARKER_AT_END.test(alone(left)) ? REST_OF_SECRET : "", "")) return at
    }
    this.#in.fill("-", latest - WINDOW, latest + WINDOW)
    return latest
  }
}

const alone = (text: string): string => new SecretLines().redact(text)

const withRoom = (buffer: Buffer, used: number, more: number): Buffer => {
  if (used + more <= buffer.length) return buffer
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, used + more))
  buffer.copy(larger, 0, 0, used)
  return larger
}
