import { existsSync } from "node:fs"
import { chmod, mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { toolsDirectory } from "@ci-fix-pilot/machine/process-tools"
import { ownApt, unpack } from "./apt.ts"
import { installPackages } from "./system-packages.ts"

const unpacked = () => join(toolsDirectory(), "bin/debootstrap")

/** debootstrap from PATH or `.tools/bin`. */
export const findDebootstrap = (): string | undefined =>
  [Bun.which("debootstrap"), unpacked()].find((path): path is string => path !== null && existsSync(path) && Bun.which("wget") !== null)

/** Unpacks debootstrap, a script that works from any place, and puts a launcher into `.tools/bin`. */
export const unpackDebootstrap = async (): Promise<void> => {
  await installPackages("wget, which debootstrap needs,", ["wget"], () => Bun.which("wget") !== null)
  if (findDebootstrap() !== undefined) return
  const tree = join(toolsDirectory(), "debootstrap")
  await unpack(await ownApt(), ["debootstrap"], tree)
  await mkdir(join(toolsDirectory(), "bin"), { recursive: true })
  await writeFile(unpacked(), `#!/bin/sh\nDEBOOTSTRAP_DIR='${tree}/usr/share/debootstrap' exec '${tree}/usr/sbin/debootstrap' "$@"\n`)
  await chmod(unpacked(), 0o755)
}
