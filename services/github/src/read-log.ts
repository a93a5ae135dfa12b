import { Effect, Stream } from "effect"
import { Garbled, type LogStream, Unclear } from "./GitHub.ts"
import { isZip, makeUnzipper } from "./unzip-entries.ts"

/** A download that gives no byte for this long is given up (ms). */
const stallMs = 30_000

/**
 * The text of a log download, as bytes: plain text as it is; of a zip archive the entries that `wanted` names.
 * Fails with Unclear when the download breaks or stalls, with Garbled when the archive is broken.
 */
export const readLog = (download: LogStream, wanted: (name: string) => boolean): Stream.Stream<Uint8Array, Unclear | Garbled> => {
  const what = "a log"
  const chunks = Stream.fromReadableStream({
    evaluate: () => download,
    onError: (error) => new Unclear({ what, why: `the download broke: ${error instanceof Error ? error.message : String(error)}` }),
  }).pipe(Stream.timeoutOrElse({ duration: stallMs, orElse: () => Stream.fail(new Unclear({ what, why: "the download stalled" })) }))
  let unpack: ((chunk: Uint8Array) => ReadonlyArray<Uint8Array>) | undefined
  return chunks.pipe(
    Stream.mapEffect((chunk) => {
      unpack ??= isZip(chunk) ? makeUnzipper(wanted).push : (plain) => [plain]
      const push = unpack
      return Effect.try({
        try: () => push(chunk),
        catch: (error) => new Garbled({ what, why: `the archive is broken: ${String(error)}` }),
      })
    }),
    Stream.flattenIterable,
  )
}

/** How much of a log is kept of its beginning and of its end, and how much is read at most (bytes). */
export interface Bounds {
  readonly head: number
  readonly tail: number
  readonly read: number
}

/** The beginning and the end of a stream, where a log says what it did and how it ended, with a line in between that says what is missing. */
export const bounded = <E, R>(stream: Stream.Stream<Uint8Array, E, R>, { head, tail, read }: Bounds): Stream.Stream<Uint8Array, E, R> =>
  Stream.suspend(() => {
    let seen = 0
    let isFull = false
    const end = new LastBytes(tail)
    /** How much of a chunk belongs to the beginning, which ends with a whole line. */
    const toBeginning = (chunk: Uint8Array): number => {
      if (isFull) return 0
      if (seen + chunk.length <= head) return chunk.length
      const lines = chunk.subarray(0, Math.max(0, head - seen)).lastIndexOf(lineFeed) + 1 || chunk.indexOf(lineFeed) + 1
      isFull = lines > 0 || seen > head + longestLine
      return isFull ? lines : chunk.length
    }
    const beginning = stream.pipe(
      Stream.map((chunk) => {
        const fits = toBeginning(chunk)
        seen += chunk.length
        end.push(chunk.subarray(fits))
        return chunk.subarray(0, fits)
      }),
      Stream.takeUntil(() => seen >= read),
    )
    const rest = Stream.suspend(() => {
      const kept = end.lines()
      const left = end.pushed - kept.length
      const why = left > 0 ? [note(`the log goes on here: ${left} bytes are left out`)] : []
      return Stream.fromIterable([...why, kept, ...(seen >= read ? [note(`only the first ${read} bytes of the log were read`)] : [])])
    })
    return Stream.concat(beginning, rest).pipe(Stream.filter((chunk) => chunk.length > 0))
  })

const lineFeed = 10
/** Whoever writes no line feed for longer has no lines (bytes). */
const longestLine = 65_536
const note = (text: string): Uint8Array => new TextEncoder().encode(`\n[${text}]\n`)

/** The last bytes of what was pushed; the room for them is taken when the first come. */
class LastBytes {
  pushed = 0
  readonly #most: number
  #ring = new Uint8Array(0)

  constructor(most: number) {
    this.#most = most
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (this.#ring.length === 0) this.#ring = new Uint8Array(this.#most)
    const newest = bytes.subarray(Math.max(0, bytes.length - this.#most))
    const at = (this.pushed + bytes.length - newest.length) % this.#most
    const first = newest.subarray(0, this.#most - at)
    this.#ring.set(first, at)
    this.#ring.set(newest.subarray(first.length), 0)
    this.pushed += bytes.length
  }

  /** All of them, or, where earlier ones are gone, the whole lines among them: half a secret would not be known as one. */
  lines(): Uint8Array {
    if (this.pushed <= this.#most) return this.#ring.subarray(0, this.pushed)
    const at = this.pushed % this.#most
    const all = new Uint8Array(this.#most)
    all.set(this.#ring.subarray(at), 0)
    all.set(this.#ring.subarray(0, at), this.#most - at)
    const lineEnd = all.indexOf(lineFeed)
    return lineEnd < 0 ? all.subarray(all.length) : all.subarray(lineEnd + 1)
  }
}
