import { Cause, Logger, References } from "effect"

/** One JSON object a line on stderr: time, level, message, what the log was annotated with (runId, traceparent), and the cause if any. */
export const jsonLogger = (service: string) =>
  Logger.make(({ message, logLevel, date, cause, fiber }) => {
    const parts = Array.isArray(message) ? message : [message]
    const [text, ...rest] = parts
    const line = {
      at: date.toISOString(),
      level: logLevel.toLowerCase(),
      service,
      message: typeof text === "string" ? text : JSON.stringify(text),
      ...fiber.getRef(References.CurrentLogAnnotations),
      ...Object.assign({}, ...rest.map((part) => (typeof part === "object" && part !== null ? part : { detail: String(part) }))),
      ...(cause.reasons.length === 0 ? {} : { cause: Cause.pretty(cause).slice(0, 4_000) }),
    }
    process.stderr.write(`${JSON.stringify(line)}\n`)
  })
