import { errorResponse, HttpError } from "@ci-fix-pilot/contract/http"
import type { SqlError } from "@ci-fix-pilot/sql/Sql"
import { type Context, Effect } from "effect"

const away = new HttpError({ code: "unavailable", message: "the database is away; ask again", retryAfter: 2 })
const broken = new HttpError({ code: "failed", message: "something went wrong here" })

/** A request that takes longer is answered 503: a frozen database must not hold its readers. */
const patience = "10 seconds"

/** Runs a route's effect and answers with its JSON, its Response, or its error. */
export type Respond<R> = (effect: Effect.Effect<unknown, HttpError | SqlError, R>) => Promise<Response>

export const makeRespond = <R>(context: Context.Context<R>): Respond<R> => {
  const run = Effect.runPromiseWith(context)
  return (effect) =>
    run(
      effect.pipe(
        Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(away) }),
        Effect.map((value) => (value instanceof Response ? value : Response.json(value))),
        Effect.catchTag("HttpError", (error) => Effect.succeed(errorResponse(error))),
        Effect.catchTag("SqlError", (error) =>
          Effect.as(
            Effect.logWarning("the database did not answer", { why: error.message, code: error.code }),
            errorResponse(error.retryable ? away : broken),
          ),
        ),
        Effect.catchCause((cause) => Effect.as(Effect.logError("a request crashed", cause), errorResponse(broken))),
      ),
    )
}
