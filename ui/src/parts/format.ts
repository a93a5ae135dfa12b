import { isWebLink } from "@ci-fix-pilot/contract/web-link"

const numbers = new Intl.NumberFormat("en")
const dollars = new Intl.NumberFormat("en", { style: "currency", currency: "USD", trailingZeroDisplay: "stripIfInteger" })
const instant = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" })

/** 12345 -> `12,345`. */
export const count = (n: number): string => numbers.format(n)

/** One thing, two things: `3 runs`, `1 run`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`

/** US dollars: `$0`, `$0.25`, `$12`; what is less than a cent is not nothing. */
export const money = (usd: number): string => (usd > 0 && usd < 0.01 ? "<$0.01" : dollars.format(usd))

/** A share of 1 as a percentage: 0.956 -> `96 %`, on one line; only all of it is 100 %. */
export const percent = (share: number): string => `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100}\u00a0%`

const two = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`

/** Seconds in at most two units, and no seconds where nobody counts them: `0.4 s`, `42 s`, `3 min 5 s`, `12 min`, `2 h 10 min`, `3 d 4 h`. */
export const duration = (seconds: number): string => {
  if (seconds < 9.95) return `${Math.max(0, Math.round(seconds * 10) / 10)} s`
  const s = Math.round(seconds)
  if (s < 60) return `${s} s`
  if (s < 600) return two(Math.floor(s / 60), "min", s % 60, "s")
  if (s < 3_600) return `${Math.floor(s / 60)} min`
  const m = Math.floor(s / 60)
  if (m < 1_440) return two(Math.floor(m / 60), "h", m % 60, "min")
  const h = Math.floor(m / 60)
  return two(Math.floor(h / 24), "d", h % 24, "h")
}

/** The seconds between two instants; `to` may be a clock's milliseconds. Never less than none. */
export const secondsBetween = (from: string, to: string | number): number =>
  Math.max(0, ((typeof to === "number" ? to : Date.parse(to)) - Date.parse(from)) / 1_000)

/** How long ago an instant was, coarse: `just now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`. */
export const ago = (at: string, now: number): string => {
  const s = Math.floor(secondsBetween(at, now))
  if (s < 5) return "just now"
  if (s < 60) return `${s} s ago`
  if (s < 3_600) return `${Math.floor(s / 60)} min ago`
  if (s < 86_400) return `${Math.floor(s / 3_600)} h ago`
  return `${Math.floor(s / 86_400)} d ago`
}

const timeOfDay = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })
/** The time of day of an instant (milliseconds), in the reader's time zone: `03:43:24`. */
export const clockTime = (at: number): string => timeOfDay.format(at)

/** An instant exactly, in the reader's time zone: `23 Nov 2026, 03:43:24 UTC`. */
export const exact = (at: string): string => instant.format(new Date(at))

const units = ["B", "KB", "MB", "GB", "TB"]
/** 1536 -> `1.5 KB`. */
export const bytes = (n: number): string => {
  const power = n < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(n) / Math.log(1_024)))
  const value = n / 1_024 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${units[power]}`
}

/** A commit as people say it: its first seven digits. */
export const shortSha = (sha: string): string => sha.slice(0, 7)

/** An address that a link may carry; undefined for anything else that a stranger may have written. */
export const webAddress = (text: string | null | undefined): string | undefined =>
  text && isWebLink(text) ? URL.parse(text)?.href : undefined
