import type { DayTotals } from "@ci-fix-pilot/contract/metrics-view"
import { type ByStatus, judgedOf, sumOf } from "./ends.ts"

/** How the runs that came in on a day (`YYYY-MM-DD`, UTC) stand, and how long those took that were fixed (seconds; null without any). */
export type Day = DayTotals

const dayMs = 86_400_000
const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`)
/** The UTC day of an instant in milliseconds. */
export const dayAt = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/**
 * The last `days` days up to `today` (or the server's, where its clock is ahead), those without a run too: an axis of time has no holes. All are
 * whole but today's, which goes on.
 */
export const filled = (known: ReadonlyArray<Day>, days: number, today: string): ReadonlyArray<Day> => {
  const byDay = new Map(known.map((one) => [one.day, one]))
  const last = Math.max(startOf(today), ...known.map(({ day }) => startOf(day)))
  const first = last - (days - 1) * dayMs
  return Array.from({ length: days }, (_, index) => {
    const day = dayAt(first + index * dayMs)
    return byDay.get(day) ?? { day, byStatus: sumOf([]), secondsToFix: { p50: null, p95: null } }
  })
}

/** Days that one bar stands for: from `from` to `to`, both included; `last` is the place of `to` among all days. */
export interface Bin {
  readonly from: string
  readonly to: string
  readonly last: number
  readonly byStatus: ByStatus
}

/** Puts `size` days into each bar, counted from the last: only the first may hold fewer. */
export const binned = (days: ReadonlyArray<Day>, size: number): ReadonlyArray<Bin> => {
  const short = days.length % size
  const starts = [
    ...(short === 0 ? [] : [0]),
    ...Array.from({ length: Math.floor(days.length / size) }, (_, index) => short + index * size),
  ]
  return starts.flatMap((start, index) => {
    const group = days.slice(start, starts[index + 1])
    const [first, last] = [group[0], group.at(-1)]
    if (first === undefined || last === undefined) return []
    return [{ from: first.day, to: last.day, last: start + group.length - 1, byStatus: sumOf(group.map(({ byStatus }) => byStatus)) }]
  })
}

/** For each day, the share that was healed on it and the `trailing - 1` days before; null where nothing was there to heal. */
export const rollingRate = (days: ReadonlyArray<Pick<Day, "byStatus">>, trailing: number): ReadonlyArray<number | null> =>
  days.map((_, index) => {
    const { healed, judged } = judgedOf(sumOf(days.slice(Math.max(0, index - trailing + 1), index + 1).map(({ byStatus }) => byStatus)))
    return judged === 0 ? null : healed / judged
  })

const short = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" })
const long = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" })

/** `9 Nov` */
export const shortDay = (day: string): string => short.format(startOf(day))
/** `Mon 9 Nov`, or `9 – 15 Nov` style for several days. */
export const binName = ({ from, to }: Pick<Bin, "from" | "to">): string =>
  from === to ? long.format(startOf(from)).replace(",", "") : `${shortDay(from)} – ${shortDay(to)}`
