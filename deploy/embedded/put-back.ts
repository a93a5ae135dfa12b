/**
 * Whether the database of the embedded system is the one that it was at its last start, or a copy that was put back since. A start leaves a
 * mark inside the database's folder, and beside that folder which file the mark is and when it was last touched. No copy has both: whatever
 * puts files back, makes them anew or writes to them, and the system's clock for that (ctime) is nobody's to set.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const database = (folder: string) => join(folder, "postgres")
const markIn = (folder: string) => join(database(folder), "last-start")
const noteIn = (folder: string) => join(folder, "last-start")

const identityOf = (file: string): string | undefined => {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? undefined : `${found.ino} ${found.ctimeNs}\n`
}

/** True when the database in the data folder is not as the last start here left it; false also when there is none yet. */
export const wasPutBack = (folder: string): boolean => {
  if (!existsSync(database(folder))) return false
  const mark = identityOf(markIn(folder))
  return mark === undefined || !existsSync(noteIn(folder)) || readFileSync(noteIn(folder), "utf8") !== mark
}

/** Marks this start. After it the database counts as the same until it is put back. */
export const markStart = (folder: string): void => {
  writeFileSync(markIn(folder), "ci-fix-pilot tells by this file whether the database was put back from a copy.\n")
  writeFileSync(noteIn(folder), identityOf(markIn(folder)) ?? "")
}
