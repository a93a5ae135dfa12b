import { readMigrations } from "@ci-fix-pilot/sql/read-migrations"

/** The memory's schema, in order. A step that was released is never changed: add another. */
export const migrations = () => readMigrations("memory", new URL("./migrations/", import.meta.url))
