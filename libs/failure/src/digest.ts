import type { LogDigest } from "@ci-fix-pilot/contract/values"
import { Excerpts } from "./excerpts.ts"
import { TROUBLE } from "./grams.ts"
import { LogPass } from "./log-pass.ts"
import { knownValues, type RedactOptions, redactText } from "./redact.ts"

/** Takes a log in chunks cut anywhere; gives the redacted log chunk by chunk, and in the end its telling part. */
export interface Digester {
  /** The redacted lines that became complete, for a caller that keeps the whole log; a copy, free to keep. */
  readonly push: (chunk: Uint8Array) => Uint8Array
  /** Ends the log. `rest` is the last of the redacted log. Call once. */
  readonly finish: () => { readonly digest: LogDigest; readonly rest: Uint8Array }
}

/**
 * A streaming digester: redacts and locates in the same pass. Its memory does not depend on the log: one unfinished line of at most
 * 64 KB and a chunk, 8 KB behind it, and a few dozen lines of excerpts.
 */
export const makeDigester = (options: RedactOptions = {}): Digester => {
  const excerpts = new Excerpts()
  const pass = new LogPass(knownValues(options.values ?? []), {
    get wantsAll() {
      return excerpts.open
    },
    line: (bytes, start, end, flags) => {
      if (excerpts.open || (flags & TROUBLE) !== 0) excerpts.line(bytes, start, end, (flags & TROUBLE) !== 0)
    },
  })
  const finish = () => {
    const rest = pass.finish()
    const { text, firstError } = excerpts.digest(pass.behind())
    const digest: LogDigest = {
      text: redactText(text, options),
      ...(firstError === undefined ? {} : { firstError }),
      totalLines: pass.lines,
      totalBytes: pass.bytes,
      redactions: pass.redactions,
    }
    return { digest, rest }
  }
  return { push: (chunk) => pass.push(chunk), finish }
}

/** The digest of a log at hand. */
export const digestText = (text: string, options: RedactOptions = {}): LogDigest => {
  const digester = makeDigester(options)
  digester.push(new TextEncoder().encode(text))
  return digester.finish().digest
}
