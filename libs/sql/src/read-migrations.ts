import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Migration } from "./migrate.ts"

/** A service's migrations: the `.sql` files of a folder, in the order of their names. */
export const readMigrations = (service: string, folder: URL): ReadonlyArray<Migration> =>
  readdirSync(fileURLToPath(folder))
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => ({ service, name: name.slice(0, -".sql".length), script: readFileSync(new URL(name, folder), "utf8") }))
