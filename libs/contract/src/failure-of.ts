import type { EventData } from "./events.ts"
import type { Diagnosis, LogDigest } from "./values.ts"

/** A longer line is no headline (characters). */
const longest = 240

/** What may name a failure, the most telling first: the diagnosis, the log's line where the first error stands, the error that CI named. */
export interface Named {
  readonly diagnosis: string | null | undefined
  readonly firstError: string | null | undefined
  readonly errorType: string | null | undefined
}

/** What is broken, in one line; null while nothing of it is known. Lists and pages say the same of a run because both ask here. */
export const failureFrom = ({ diagnosis, firstError, errorType }: Named): string | null => {
  const line = [diagnosis, firstError, errorType].find((text) => text?.trim())?.trim() ?? null
  return line === null || line.length <= longest ? line : `${line.slice(0, longest - 1)}…`
}

const lineOf = (digest: LogDigest | undefined): string | undefined => digest?.text.split("\n")[digest.firstError ?? -1]?.trim()

/** A run's state, as far as it can name its failure. */
interface Told {
  readonly source: Pick<EventData<"ci-failed">, "digest" | "errorType">
  readonly failure?: Pick<EventData<"failure-fetched">, "digest">
  readonly diagnosis?: Diagnosis
}

/** {@link failureFrom} of a run: the log that was fetched goes before the one that came with the report. */
export const failureOf = ({ diagnosis, failure, source }: Told): string | null =>
  failureFrom({
    diagnosis: diagnosis?.summary,
    firstError: lineOf(failure?.digest) || lineOf(source.digest),
    errorType: source.errorType,
  })
