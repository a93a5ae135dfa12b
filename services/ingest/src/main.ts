import { run } from "@ci-fix-pilot/actor/run-main"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { Layer } from "effect"
import { Announcer } from "./Announcer.ts"
import * as InboxPostgres from "./Inbox.postgres.ts"
import { Server } from "./Server.ts"

export const layer = Server.layer.pipe(Layer.provide([InboxPostgres.layer, Announcer.layer]))

if (import.meta.main) run("ingest", layer.pipe(Layer.provide(Postgres.layer)))
