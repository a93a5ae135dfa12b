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

/** At most `most` bytes of a stream, then a line that says so. */
export const bounded = <E, R>(stream: Stream.Stream<Uint8Array, E, R>, most: number): Stream.Stream<Uint8Array, E, R> =>
  stream.pipe(
    Stream.mapAccum(
      () => 0,
      (before, chunk) => {
        const total = before + chunk.length
        return [total, [{ chunk: chunk.subarray(0, most - before), isLast: total > most }]]
      },
    ),
    Stream.takeUntil(({ isLast }) => isLast),
    Stream.flatMap(({ chunk, isLast }) => (isLast ? Stream.make(chunk, cutLine(most)) : Stream.make(chunk))),
  )

const cutLine = (most: number): Uint8Array => new TextEncoder().encode(`\n[the log goes on, but was cut here after ${most} bytes]\n`)
