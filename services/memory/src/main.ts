import { run } from "@ci-fix-pilot/actor/run-main"
import * as Migrate from "@ci-fix-pilot/sql/migrate"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { Layer } from "effect"
import * as Embeddings from "./Embeddings.live.ts"
import { layer as health } from "./health.ts"
import * as Memories from "./Memories.postgres.ts"
import { migrations } from "./migrations.ts"
import * as recall from "./recall.ts"
import * as remember from "./remember.ts"

export const layer = Layer.mergeAll(recall.layer, remember.layer).pipe(Layer.provide([Memories.layer, Embeddings.layer]))

if (import.meta.main) run("memory", layer.pipe(Layer.provide(Migrate.layer(migrations)), Layer.provide(Postgres.layer)), health)
