import { clockTime } from "../parts/format.ts"

const dayAndTime = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
})

/** The day of an instant (milliseconds) in the reader's time zone, to be compared with others. */
export const dayOf = (at: number): string => new Date(at).toDateString()

/** The time of day of an entry, with its day if that is not `today`: `03:43:24`, `22 Nov, 03:43:24`. */
export const when = (at: string, today: string): string => {
  const then = Date.parse(at)
  return dayOf(then) === today ? clockTime(then) : dayAndTime.format(then)
}
