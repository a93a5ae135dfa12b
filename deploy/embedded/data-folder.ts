import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Schema } from "effect"

/** Another process works on this data folder. */
class DataFolderInUse extends Schema.TaggedError<DataFolderInUse>()("DataFolderInUse", { folder: Schema.String, pid: Schema.Int }) {
  override get message() {
    return `${this.folder} is in use by process ${this.pid}; stop it first, or set CI_HEALING_DATA_DIR to another folder`
  }
}

/** The data folder cannot be made or written to. */
class DataFolderUnusable extends Schema.TaggedError<DataFolderUnusable>()("DataFolderUnusable", {
  folder: Schema.String,
  why: Schema.String,
}) {
  override get message() {
    return `${this.folder} cannot be used (${this.why}): make it a folder that this user may write to, or set CI_HEALING_DATA_DIR to another`
  }
}

const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
  } catch {
    return ""
  }
}

const pidIn = (file: string): number | undefined => {
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8").trim()) : Number.NaN
  return Number.isInteger(pid) && pid > 1 ? pid : undefined
}

/** Ends the child that an earlier process left behind when it was killed, if it still is that child; resolves when it is gone. */
export const endOrphan = async (pidFile: string, mark: string) => {
  const pid = pidIn(pidFile)
  if (pid === undefined || !commandLine(pid).includes(mark)) return
  process.kill(pid, "SIGKILL")
  while (commandLine(pid).includes(mark)) await Bun.sleep(10)
}

const take = (folder: string) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, "lock")
  const owner = pidIn(file)
  if (owner !== undefined && owner !== process.pid && /\bbun\b/u.test(commandLine(owner))) throw new DataFolderInUse({ folder, pid: owner })
  writeFileSync(file, `${process.pid}\n`)
  return folder
}

/** Takes the data folder for this process, again if it has it; given back with the scope. A lock whose owner died is taken over. */
export const holdDataFolder = (folder: string) =>
  Effect.acquireRelease(
    Effect.try({
      try: () => take(folder),
      catch: (error) =>
        error instanceof DataFolderInUse
          ? error
          : new DataFolderUnusable({ folder, why: error instanceof Error ? error.message : String(error) }),
    }),
    () => Effect.sync(() => rmSync(join(folder, "lock"), { force: true })),
  )
