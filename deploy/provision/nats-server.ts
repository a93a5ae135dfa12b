import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { isNewEnough } from "@ci-fix-pilot/machine/nats-server-binary"
import { toolsDirectory } from "@ci-fix-pilot/machine/process-tools"
import { type Apt, candidate, debianApt, ownApt, unpack } from "./apt.ts"
import { release } from "./machine.ts"
import { CannotProvide } from "./say.ts"

/** Debian's first release with a nats-server that is new enough; its program needs libc only and runs on older releases. */
const debianWithNats = "trixie"

/** Unpacks nats-server to `.tools/bin`. */
export const unpackNatsServer = async (): Promise<void> => {
  const apt = await aptWithNats()
  const bin = join(toolsDirectory(), "bin")
  await mkdir(bin, { recursive: true })
  const tree = await mkdtemp(join(toolsDirectory(), "nats-server-"))
  try {
    await unpack(apt, ["nats-server"], tree)
    await copyFile(join(tree, "usr/sbin/nats-server"), join(tree, "ready"))
    await rename(join(tree, "ready"), join(bin, "nats-server"))
  } finally {
    await rm(tree, { recursive: true, force: true })
  }
}

const aptWithNats = async (): Promise<Apt> => {
  const own = await ownApt()
  const version = await candidate(own, "nats-server")
  if (version !== undefined && isNewEnough(version)) return own
  if (release().id === "debian") return debianApt(debianWithNats)
  throw new CannotProvide(
    `This system's packages have nats-server ${version ?? "not at all"}; 2.10 or newer is needed. Put one on PATH: github.com/nats-io/nats-server/releases`,
  )
}
