/**
 * A Docker daemon: the one that answers, else one of our own. Several runs may share ours: each holds a shared lock, and the last
 * one to leave stops it.
 */
import { spawn } from "node:child_process"
import { closeSync, existsSync, openSync, readFileSync } from "node:fs"
import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { toolsDirectory } from "@ci-fix-pilot/machine/process-tools"
import { hold, isFree, withLock } from "../bootstrap/lock.mjs"
import { CannotProvide, say, secondsSince } from "./say.ts"
import { installPackages } from "./system-packages.ts"

export interface Docker {
  /** Where it listens. */
  readonly socket: string
  /** Leaves it; stops the daemon when it is ours and no other program uses it. */
  readonly release: () => Promise<void>
}

const systemSocket = "/var/run/docker.sock"
const systemPidFile = "/var/run/docker.pid"
const startsWithin = 60_000
const stopsWithin = 30_000

const directory = () => join(toolsDirectory(), "docker")
const pidFile = () => join(directory(), "dockerd.pid")
const users = () => join(toolsDirectory(), "locks/docker-users")
const locked = <A>(work: () => Promise<A>) => withLock(join(toolsDirectory(), "locks/docker"), work)

const isDaemon = (pid: number) => {
  const path = `/proc/${pid}/comm`
  return existsSync(path) && /^dockerd$/m.test(readFileSync(path, "utf8"))
}

const answers = async (socket: string): Promise<boolean> => {
  try {
    return (await fetch("http://docker/_ping", { unix: socket, signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    return false
  }
}

/** Makes sure that a daemon answers, and holds it until `release`. */
export const holdDocker = (): Promise<Docker> =>
  locked(async () => {
    const host = Bun.env["DOCKER_HOST"]
    const socket = host === undefined ? systemSocket : host.replace("unix://", "")
    if (!(await answers(socket))) {
      if (host !== undefined) throw new CannotProvide(`No Docker daemon answers at DOCKER_HOST=${host}`)
      await startDaemon(socket)
    }
    const leave = await hold(users(), { shared: true })
    return { socket, release: () => locked(() => leave().then(stopUnused)) }
  })

const startDaemon = async (socket: string): Promise<void> => {
  if (process.getuid?.() !== 0)
    throw new CannotProvide("No Docker daemon answers. Run: sudo apt-get install -y docker.io && sudo systemctl start docker")
  await installPackages("The Docker engine", ["docker.io"], () => Bun.which("dockerd") !== null)
  if (await answers(socket)) return
  const start = performance.now()
  await removeStalePidFile()
  await mkdir(directory(), { recursive: true })
  const log = join(directory(), "dockerd.log")
  const output = openSync(log, "w")
  const daemon = spawn("dockerd", [], { detached: true, stdio: ["ignore", output, output] })
  closeSync(output)
  daemon.unref()
  // Not asked of /proc: there a process that was just started may still have the name of this one.
  let failed = false
  for (const end of ["exit", "error"] as const)
    daemon.once(end, () => {
      failed = true
    })
  const pid = daemon.pid ?? -1
  await writeFile(pidFile(), `${pid}`)
  while (!(await answers(socket))) {
    if (failed || performance.now() - start > startsWithin) {
      if (!failed) daemon.kill("SIGKILL")
      await rm(pidFile(), { force: true })
      throw new CannotProvide(`dockerd ${failed ? "ended" : "is not ready"}: ${readFileSync(log, "utf8").slice(-1_500)}`)
    }
    await Bun.sleep(100)
  }
  say(`  started dockerd (${pid}) in ${secondsSince(start)}`)
}

/** A daemon that was killed leaves its pid file, and the next one refuses to start when that number is in use again. */
const removeStalePidFile = async () => {
  const text = await readFile(systemPidFile, "utf8").catch(() => "")
  if (text !== "" && !isDaemon(Number(text))) await rm(systemPidFile, { force: true })
}

const stopUnused = async (): Promise<void> => {
  const ours = Number(await readFile(pidFile(), "utf8").catch(() => "0"))
  if (ours === 0 || !(await isFree(users()))) return
  await stopDaemon(ours)
  say(`stopped dockerd (${ours})`)
}

const stopDaemon = async (pid: number): Promise<void> => {
  const start = performance.now()
  if (isDaemon(pid)) process.kill(pid, "SIGTERM")
  while (isDaemon(pid) && performance.now() - start < stopsWithin) await Bun.sleep(100)
  if (isDaemon(pid)) process.kill(pid, "SIGKILL")
  await rm(pidFile(), { force: true })
}
