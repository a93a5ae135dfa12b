/**
 * Locks between processes, kept by the kernel: a child, `flock`, holds the lock for as long as our end of its pipe is open, so that
 * a holder that dies in whatever way holds nothing.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir } from "node:fs/promises"
import { dirname } from "node:path"

const patience = 500

/** Takes the lock, waiting for its holder; `shared` holders do not exclude each other. Returns how to release it. */
export const hold = async (path, { shared = false } = {}) => {
  await mkdir(dirname(path), { recursive: true })
  const child = spawn("flock", [shared ? "--shared" : "--exclusive", path, "sh", "-c", "echo held; exec cat >/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  const exited = once(child, "exit").catch((error) => {
    throw new Error(`flock cannot be run (${error.message}): install the package util-linux`)
  })
  const notice = setTimeout(() => process.stderr.write(`waiting for another process, which is busy with ${path}\n`), patience)
  const held = await Promise.race([once(child.stdout, "data").then(() => true), exited.then(() => false)]).finally(() =>
    clearTimeout(notice),
  )
  if (!held) throw new Error(`could not lock ${path}`)
  child.unref()
  child.stdin.unref?.()
  child.stdout.unref?.()
  return async () => {
    child.ref()
    child.stdin.end()
    await exited
  }
}

/** Runs `work` while no other process of this machine holds the same lock. */
export const withLock = async (path, work) => {
  const release = await hold(path)
  try {
    return await work()
  } finally {
    await release()
  }
}

/** True when no process holds the lock at this moment. */
export const isFree = async (path) => {
  const [code] = await once(spawn("flock", ["--exclusive", "--nonblock", path, "true"], { stdio: "ignore" }), "exit")
  return code === 0
}
