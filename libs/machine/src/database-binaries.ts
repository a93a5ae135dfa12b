import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { toolsDirectory } from "./process-tools.ts"

/** The oldest Postgres whose features we use. */
export const oldestPostgres = 15

/** A Postgres with pgvector: its programs, and the folders its libraries need when they are not the system's. */
export interface PostgresBinaries {
  readonly bin: string
  readonly major: number
  readonly libraryPath: ReadonlyArray<string>
}

/** Where the unpacked tree lies: Debian's layout below `.tools/postgres`. */
export const unpackedPostgres = (): string => join(toolsDirectory(), "postgres")

/** A Postgres of 15 or newer that has pgvector: the unpacked one, else the system's; undefined when there is none. */
export const findPostgres = (roots: ReadonlyArray<string> = [unpackedPostgres(), "/"]): PostgresBinaries | undefined =>
  roots.flatMap(installations).find(({ vector }) => existsSync(vector))

const installations = (root: string) => {
  const base = join(root, "usr/lib/postgresql")
  if (!existsSync(base)) return []
  return readdirSync(base)
    .map(Number)
    .filter((major) => major >= oldestPostgres)
    .sort((a, b) => b - a)
    .map((major) => ({
      bin: join(base, `${major}`, "bin"),
      major,
      libraryPath: root === "/" ? [] : librariesIn(root),
      vector: join(base, `${major}`, "lib/vector.so"),
    }))
    .filter(({ bin }) => existsSync(join(bin, "postgres")) && existsSync(join(bin, "initdb")))
}

/** Debian keeps libraries in one folder per architecture, as in `usr/lib/x86_64-linux-gnu`. */
const librariesIn = (root: string): Array<string> =>
  [join(root, "usr/lib"), join(root, "lib")].filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith("-linux-gnu"))
      .map((name) => join(folder, name)),
  )
