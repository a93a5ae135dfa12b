import { run } from "@ci-fix-pilot/actor/run-main"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { Layer } from "effect"
import { Feed } from "./Feed.ts"
import * as ReviewsPostgres from "./Reviews.postgres.ts"
import * as RunsPostgres from "./Runs.postgres.ts"
import { Server } from "./Server.ts"
import * as TotalsPostgres from "./Totals.postgres.ts"

const reads = Layer.mergeAll(RunsPostgres.layer, ReviewsPostgres.layer, TotalsPostgres.layer)

export const layer = Server.layer.pipe(Layer.provide(Feed.layer), Layer.provide(reads))

if (import.meta.main) run("api", layer.pipe(Layer.provide(Postgres.layer)))
