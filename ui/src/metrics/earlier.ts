import type { Summary } from "@ci-fix-pilot/contract/metrics-view"
import { judgedOf } from "./ends.ts"

/** The span before a span, to compare with. Null: there is no such figure. */
export interface Earlier {
  readonly total: number
  readonly fixRate: number | null
  readonly costPerFixed: number | null
}

/** What a span twice as long holds beyond the span itself; undefined when that is no run at all. Both were counted at the same time. */
export const earlierOf = (span: Summary, twice: Summary): Earlier | undefined => {
  const total = twice.total - span.total
  if (total <= 0) return undefined
  const [one, both] = [judgedOf(span.byStatus), judgedOf(twice.byStatus)]
  const healed = both.healed - one.healed
  const judged = both.judged - one.judged
  return {
    total,
    fixRate: judged > 0 ? healed / judged : null,
    costPerFixed: healed > 0 ? (twice.costUsd - span.costUsd) / healed : null,
  }
}
