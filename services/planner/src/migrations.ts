import { readMigrations } from "@ci-fix-pilot/sql/read-migrations"

/** The planner's schema, in order. A step that was released is never changed: add another. */
export const migrations = () => readMigrations("planner", new URL("./migrations/", import.meta.url))
