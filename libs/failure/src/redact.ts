import { LogPass } from "./log-pass.ts"

/** Secrets known by value (a token this process holds); multi-line ones count line by line, lines under four bytes are ignored. */
export interface RedactOptions {
  readonly values?: ReadonlyArray<string>
}

/** Takes a text in chunks cut anywhere; what goes in comes out except for secrets, each replaced by `[redacted:<kind>]`. */
export interface Redactor {
  readonly push: (chunk: Uint8Array) => Uint8Array
  readonly finish: () => Uint8Array
  /** Secrets removed so far. */
  readonly redactions: () => number
}

/** A streaming redactor: one pass, linear time, one unfinished line (at most 64 KB and a chunk) in memory. */
export const makeRedactor = (options: RedactOptions = {}): Redactor => {
  const pass = new LogPass(knownValues(options.values ?? []))
  return { push: (chunk) => pass.push(chunk), finish: () => pass.finish(), redactions: () => pass.redactions }
}

/** A text without its secrets. Doing it twice changes nothing more. */
export const redactText = (text: string, options: RedactOptions = {}): string => redactCounted(text, options).text

/** As {@link redactText}, with the number of secrets removed. */
export const redactCounted = (text: string, options: RedactOptions = {}): { readonly text: string; readonly redactions: number } => {
  const redactor = makeRedactor(options)
  const parts = [redactor.push(new TextEncoder().encode(text)), redactor.finish()]
  return { text: parts.map((part) => Buffer.from(part).toString("utf8")).join(""), redactions: redactor.redactions() }
}

/** The values as they may appear: as they are, in base64 and in a URL; each read as Latin-1, as the pass reads the log. */
export const knownValues = (values: ReadonlyArray<string>): ReadonlyArray<string> => {
  const lines = values.flatMap((value) => value.split(/\r?\n/)).filter((line) => Buffer.byteLength(line) >= 4)
  const written = lines.flatMap((line) => [
    line,
    ...(line.length >= 8 ? [Buffer.from(line).toString("base64"), encodeURIComponent(line.toWellFormed())] : []),
  ])
  return [...new Set(written.map((value) => Buffer.from(value).toString("latin1")))]
}
