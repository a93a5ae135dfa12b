import { createHmac } from "node:crypto"
import { rowsOf, Sql, SqlError } from "@ci-fix-pilot/sql/Sql"
import { Clock, Effect, Layer, Option, Schema } from "effect"
import { KnownSessions } from "./known-sessions.ts"
import { lifetime, type Session, Sessions } from "./Sessions.ts"
import { settings } from "./settings.ts"

const reviewerRows = rowsOf(Schema.Struct({ reviewer: Schema.String }))
const nameRows = rowsOf(Schema.Struct({ name: Schema.String }))

/** A look-up that takes longer is given up: the page that asks gives up after ten seconds, and needs some of them for what it asked. */
const patience = "3 seconds"
const silent = new SqlError({ message: "the database does not say who is signed in", code: "CONNECTION_SILENT", retryable: true })

const keyed = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex")

export const layer = Layer.effect(
  Sessions,
  Effect.gen(function* () {
    const { query } = yield* Sql
    const { token = "" } = yield* settings
    // With another token every name is another: changing the token ends all sessions.
    const nameOf = (secret: string) => keyed(token, secret)
    const sessionOf = (secret: string, reviewer: string): Session => ({ name: nameOf(secret), reviewer, csrf: keyed(secret, "csrf") })
    const known = new KnownSessions()
    return Sessions.of({
      begin: Effect.fn("Sessions.begin")(function* (reviewer: string) {
        const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url")
        yield* query("delete from session where expires_at < now() - interval '7 days'")
        yield* query("insert into session (name, reviewer, expires_at) values ($1, $2, now() + $3::int * interval '1 second')", [
          nameOf(secret),
          reviewer,
          lifetime,
        ])
        return { secret, session: sessionOf(secret, reviewer) }
      }),
      find: Effect.fn("Sessions.find")(function* (secret: string, to: "look" | "change") {
        const name = nameOf(secret)
        const now = yield* Clock.currentTimeMillis
        return yield* query("select reviewer from session where name = $1 and ended_at is null and expires_at > now()", [name]).pipe(
          Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(silent) }),
          Effect.flatMap(reviewerRows),
          Effect.map(([row]) => Option.map(Option.fromUndefinedOr(row), ({ reviewer }) => sessionOf(secret, reviewer))),
          Effect.tap((session) => Effect.sync(() => known.learn(name, session, now))),
          Effect.catch((error) => {
            // Who has signed out elsewhere is not known here: acting waits for the database's word.
            const session = error.retryable && to === "look" ? known.recall(name, now) : Option.none()
            return Option.isSome(session) ? Effect.succeed(session) : Effect.fail(error)
          }),
        )
      }),
      end: (name) =>
        query("update session set ended_at = now() where name = $1 and ended_at is null", [name]).pipe(
          Effect.tap(() => Effect.sync(() => known.forget(name))),
          Effect.asVoid,
        ),
      holding: (names) =>
        query(
          `select name from session where name in (select value from jsonb_array_elements_text($1::text::jsonb))
             and ended_at is null and expires_at > now()`,
          [JSON.stringify(names)],
        ).pipe(
          Effect.flatMap(nameRows),
          Effect.map((rows) => new Set(rows.map(({ name }) => name))),
        ),
    })
  }),
)
