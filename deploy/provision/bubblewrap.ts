import { spawnSync } from "node:child_process"
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { toolsDirectory } from "@ci-fix-pilot/machine/process-tools"
import { ownApt, unpack } from "./apt.ts"
import { CannotProvide } from "./say.ts"

const probe = ["--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "true"]

const tryOut = (path: string) => spawnSync(path, probe, { encoding: "utf8" })

/** A bubblewrap that can make a sandbox here, from PATH or `.tools/bin`. */
export const findBubblewrap = (): string | undefined =>
  [Bun.which("bwrap"), join(toolsDirectory(), "bin/bwrap")].find((path): path is string => path !== null && tryOut(path).status === 0)

/** Unpacks bubblewrap to `.tools/bin`; throws CannotProvide when this machine does not let it make namespaces. */
export const unpackBubblewrap = async (): Promise<void> => {
  const bin = join(toolsDirectory(), "bin")
  await mkdir(bin, { recursive: true })
  const tree = await mkdtemp(join(toolsDirectory(), "bubblewrap-"))
  try {
    await unpack(await ownApt(), ["bubblewrap"], tree)
    await copyFile(join(tree, "usr/bin/bwrap"), join(tree, "ready"))
    await rename(join(tree, "ready"), join(bin, "bwrap"))
  } finally {
    await rm(tree, { recursive: true, force: true })
  }
  const { status, stderr } = tryOut(join(bin, "bwrap"))
  if (status !== 0) throw new CannotProvide(`bubblewrap cannot make a sandbox on this machine: ${stderr.trim()}`)
}
