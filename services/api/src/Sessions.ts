import type { SqlError } from "@ci-fix-pilot/sql/Sql"
import { Context, type Effect, type Option } from "effect"

/** Somebody who signed in. `name` tells sessions apart and opens none; `csrf` is what the pages of this session show with every change. */
export interface Session {
  readonly name: string
  readonly reviewer: string
  readonly csrf: string
}

/** How long a session holds (seconds). */
export const lifetime = 7 * 24 * 3_600

/**
 * Who is signed in. Kept in the database, so that sessions outlive this process and hold at every copy of it; of the secret that a browser
 * keeps only a keyed hash, so that neither a stolen table nor a session of an older token opens anything. Layer: `Sessions.postgres`.
 */
export class Sessions extends Context.Service<
  Sessions,
  {
    /** A new session, and the secret that is its only key. */
    readonly begin: (reviewer: string) => Effect.Effect<{ readonly secret: string; readonly session: Session }, SqlError>
    /** The session of a secret, unless it has ended or expired. While the database does not say, one that it has just vouched for is enough to look. */
    readonly find: (secret: string, to: "look" | "change") => Effect.Effect<Option.Option<Session>, SqlError>
    readonly end: (name: string) => Effect.Effect<void, SqlError>
    /** Those of the named sessions that still hold. */
    readonly holding: (names: ReadonlyArray<string>) => Effect.Effect<ReadonlySet<string>, SqlError>
  }
>()("ci-fix-pilot/api/Sessions") {}
