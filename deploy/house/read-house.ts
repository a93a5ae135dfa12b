import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { House } from "./source-file.ts"

const readUpTo = 1_000_000

/** Every file that git tracks or would, with its text. */
export const readHouse = (root: string): House => {
  const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" })
  if (listed.status !== 0) throw new Error(`git ls-files failed: ${listed.stderr}`)
  return [...new Set(listed.stdout.split("\0"))]
    .filter((path) => path !== "" && existsSync(join(root, path)) && statSync(join(root, path)).isFile())
    .map((path) => ({ path, text: statSync(join(root, path)).size > readUpTo ? "" : readFileSync(join(root, path), "utf8") }))
}
