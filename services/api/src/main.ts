import { run } from "@ci-fix-pilot/actor/run-main"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { Layer } from "effect"
import { Assets } from "./Assets.ts"
import { Audience } from "./Audience.ts"
import * as DeadLettersPostgres from "./DeadLetters.postgres.ts"
import { Feed } from "./Feed.ts"
import * as ReviewsPostgres from "./Reviews.postgres.ts"
import * as RunsPostgres from "./Runs.postgres.ts"
import { Server } from "./Server.ts"
import * as SessionsPostgres from "./Sessions.postgres.ts"
import * as TotalsPostgres from "./Totals.postgres.ts"
import { Tries } from "./Tries.ts"

const reads = Layer.mergeAll(RunsPostgres.layer, ReviewsPostgres.layer, TotalsPostgres.layer, DeadLettersPostgres.layer, Tries.layer)
const people = Audience.layer.pipe(Layer.provideMerge(SessionsPostgres.layer))

/** The api, with a dashboard from this folder. */
export const withAssets = (assets: Layer.Layer<Assets>) =>
  Server.layer.pipe(Layer.provide([Feed.layer, people, assets]), Layer.provide(reads))

export const layer = withAssets(Assets.layer)

if (import.meta.main) run("api", layer.pipe(Layer.provide(Postgres.layer)))
