import { setTimeout as wait } from "node:timers/promises"
import { backoff } from "./backoff.js"

export const maxTries = 5

/** Tries until `send` succeeds. @throws the last error, after five tries */
export const deliver = async (message, send) => {
  for (let tries = 1; ; tries += 1) {
    try {
      return { tries, receipt: await send(message) }
    } catch (error) {
      if (tries === maxTries) throw error
      await wait(backoff(tries))
    }
  }
}

/** Delivers messages one after the other and tells which did not get through. */
export const drain = async (messages, send) => {
  const failed = []
  for (const message of messages) {
    try {
      await deliver(message, send)
    } catch (error) {
      failed.push({ message, reason: error.message })
    }
  }
  return failed
}
