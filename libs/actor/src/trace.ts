import { Effect, Option, Tracer } from "effect"

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/u

/** The W3C `traceparent` of the current span; a fresh sampled one where there is none is the caller's business. */
export const currentTraceparent = Effect.currentSpan.pipe(
  Effect.map((span) => `00-${span.traceId}-${span.spanId}-${span.sampled ? "01" : "00"}`),
  Effect.option,
  Effect.map(Option.getOrElse(() => "00-00000000000000000000000000000000-0000000000000000-00")),
)

/** The parent span that a `traceparent` names, if it is well formed (https://www.w3.org/TR/trace-context/#traceparent-header). */
export const parentOf = (traceparent: string): Tracer.ExternalSpan | undefined => {
  const match = pattern.exec(traceparent)
  const [, traceId, spanId, flags] = match ?? []
  if (traceId === undefined || spanId === undefined || /^0+$/u.test(traceId)) return undefined
  return Tracer.externalSpan({ traceId, spanId, sampled: flags === "01" })
}

/** The time for people to read, as ISO 8601. Decisions read the database's time instead. */
export const nowIso = Effect.clockWith((clock) => clock.currentTimeMillis).pipe(Effect.map((ms) => new Date(ms).toISOString()))
