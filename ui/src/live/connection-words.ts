import { clockTime } from "../parts/format.ts"
import type { Connection } from "./follow.ts"

export interface ConnectionWords {
  readonly tone: "good" | "wait" | "bad" | "idle"
  readonly short: string
  /** What follows the short words where there is room for it. */
  readonly more?: string
  readonly long: string
}

/** How the live connection stands, in words: short for the header, long for who wants to know. `online`: what the browser says of its network. */
export const connectionWords = (connection: Connection, online = true): ConnectionWords => {
  switch (connection.is) {
    case "connecting":
      return { tone: "idle", short: "Connecting", long: "The live connection is being made." }
    case "live":
      return { tone: "good", short: "Live", long: "Changes appear on this page the moment they are committed." }
    case "paused":
      return { tone: "idle", short: "Paused", long: "The tab was hidden: it comes back to life when you look at it, and misses nothing." }
    case "signed-out":
      return { tone: "bad", short: "Signed out", long: "The session is over; sign in again." }
    case "lost": {
      const since = clockTime(connection.since)
      return online
        ? {
            tone: "wait",
            short: "Reconnecting",
            more: `since ${since}`,
            long: `The server has not answered since ${since}. What you see is as of then; nothing will be missed.`,
          }
        : {
            tone: "wait",
            short: "Offline",
            long: `This device has no network since ${since}. What you see is as of then; nothing will be missed.`,
          }
    }
    case "refused":
      return {
        tone: "bad",
        short: `Server says: ${connection.says}`,
        long: `Since ${clockTime(connection.since)} the server answers: ${connection.says}. This page keeps asking.`,
      }
  }
}
