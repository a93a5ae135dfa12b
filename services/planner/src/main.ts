import { run } from "@ci-fix-pilot/actor/run-main"
import * as Migrate from "@ci-fix-pilot/sql/migrate"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { Layer } from "effect"
import * as applyEvents from "./apply-events.ts"
import * as forgetOld from "./forget-old.ts"
import { LeaseWatch } from "./LeaseWatch.ts"
import * as lease from "./lease.ts"
import { migrations } from "./migrations.ts"
import { PolicyConfig } from "./PolicyConfig.ts"
import * as RecentRuns from "./RecentRuns.ts"
import { SentMarks } from "./SentMarks.ts"
import * as sweep from "./sweep.ts"

export const layer = Layer.mergeAll(applyEvents.layer, lease.layer, sweep.layer, forgetOld.layer).pipe(
  Layer.provide([PolicyConfig.layer, SentMarks.layer, LeaseWatch.layer]),
  Layer.provide(RecentRuns.layer),
)

if (import.meta.main) run("planner", layer.pipe(Layer.provide(Migrate.layer(migrations)), Layer.provide(Postgres.layer)))
