import { readFileSync } from "node:fs"

/** A user of this machine, as `/etc/passwd` has it. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** The first of these users that exists, when we are root and must become another user; undefined when we are not root. */
export const accountFor = (...names: ReadonlyArray<string>): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
  return names.flatMap((name) => accounts.filter((account) => account.name === name))[0]
}
