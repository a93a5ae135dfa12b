import type { Service } from "@ci-fix-pilot/contract/ids"

/** The services that have a database, each with a role of its own in it. */
export const withDatabase: ReadonlyArray<Service> = ["ingest", "planner", "memory", "api"]
