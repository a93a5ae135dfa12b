import type { Migration } from "@ci-fix-pilot/sql/migrate"
import ledger from "./migrations/0001-ledger.sql" with { type: "text" }

/** The planner's schema, in order. A step that was released is never changed: add another. */
export const migrations: ReadonlyArray<Migration> = [{ service: "planner", name: "0001-ledger", script: ledger }]
