import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { House } from "./source-file.ts"

const readUpTo = 1_000_000
const notOurs = ["node_modules", ".git", ".tools", ".data", ".out", "dist"]

/** Every file that git tracks or would, with its text; in a copy without git, every file outside the ignored folders. */
export const readHouse = (root: string): House =>
  (tracked(root) ?? walked(root, ""))
    .filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => ({ path, text: statSync(join(root, path)).size > readUpTo ? "" : readFileSync(join(root, path), "utf8") }))

const tracked = (root: string): Array<string> | undefined => {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
  const { status, stdout } = spawnSync("git", ["-c", "safe.directory=*", ...list], { cwd: root, encoding: "utf8" })
  return status === 0 ? [...new Set(stdout.split("\0"))].filter((path) => path !== "") : undefined
}

const walked = (root: string, folder: string): Array<string> =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !notOurs.includes(name))
    .flatMap((entry) => (entry.isDirectory() ? walked(root, join(folder, entry.name)) : [join(folder, entry.name)]))
