import { cp, mkdtemp, rename, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { findPostgres, type PostgresBinaries, unpackedPostgres } from "@ci-fix-pilot/machine/database-binaries"

const executableByOthers = 0o001

/** True when every folder on the way may be entered by everybody. */
const isOpen = async (path: string): Promise<boolean> =>
  ((await stat(path)).mode & executableByOthers) !== 0 && (dirname(path) === path || isOpen(dirname(path)))

/**
 * Postgres refuses to be root, and no other user may enter a checkout in root's home: then a copy in the temporary folder is used,
 * made once and named after what it is a copy of.
 */
export const readableByAll = async (binaries: PostgresBinaries): Promise<PostgresBinaries> => {
  const root = unpackedPostgres()
  if (relative(root, binaries.bin).startsWith("..") || (await isOpen(binaries.bin))) return binaries
  const copy = join(tmpdir(), `ci-fix-pilot-postgres-${binaries.major}-${(await stat(root)).ino}`)
  return findPostgres([copy]) ?? (await copyTo(copy, root))
}

const copyTo = async (copy: string, root: string): Promise<PostgresBinaries> => {
  const unfinished = await mkdtemp(`${copy}-`)
  await cp(root, join(unfinished, "tree"), { recursive: true, verbatimSymlinks: true })
  // Another process may have been first; its copy is as good.
  await rename(join(unfinished, "tree"), copy).catch(() => undefined)
  await rm(unfinished, { recursive: true, force: true })
  const found = findPostgres([copy])
  if (found === undefined) throw new Error(`the copy of Postgres at ${copy} is not complete`)
  return found
}
