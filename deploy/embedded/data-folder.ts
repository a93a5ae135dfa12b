import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Schema } from "effect"

/** Another process works on this data folder. */
export class DataFolderInUse extends Schema.TaggedError<DataFolderInUse>()("DataFolderInUse", { folder: Schema.String, pid: Schema.Int }) {
  override get message() {
    return `${this.folder} is in use by process ${this.pid}; stop it first, or set CI_HEALING_DATA_DIR to another folder`
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

/** Ends the child that an earlier process left behind when it was killed, if it still is that child. */
export const endOrphan = (pidFile: string, mark: string) => {
  const pid = pidIn(pidFile)
  if (pid !== undefined && commandLine(pid).includes(mark)) process.kill(pid, "SIGKILL")
}

/** Takes the data folder for this process; given back with the scope. A lock whose owner died is taken over. */
export const holdDataFolder = (folder: string) =>
  Effect.acquireRelease(
    Effect.suspend(() => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const file = join(folder, "lock")
      const owner = pidIn(file)
      if (owner !== undefined && owner !== process.pid && /\bbun\b/u.test(commandLine(owner)))
        return Effect.fail(new DataFolderInUse({ folder, pid: owner }))
      writeFileSync(file, `${process.pid}\n`)
      return Effect.succeed(folder)
    }),
    () => Effect.sync(() => rmSync(join(folder, "lock"), { force: true })),
  )
