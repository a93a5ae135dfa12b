/** A lock between processes: a folder whose name says who holds it. A holder that died without releasing it is noticed. */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

const lookEvery = 200

/** Runs `work` while no other process of this machine holds the same lock. */
export const withLock = async (path, work) => {
  await mkdir(dirname(path), { recursive: true })
  for (let told = false; !(await take(path)); ) {
    const holder = await holderOf(path)
    if (holder !== undefined && !isAlive(holder)) await breakLock(path, holder)
    else {
      if (!told) process.stderr.write(`waiting for process ${holder ?? "?"}, which is busy with ${path}\n`)
      told = true
      await delay(lookEvery)
    }
  }
  try {
    return await work()
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

/** The lock is made complete beside its place and then moved there: it never exists without its holder. */
const take = async (path) => {
  const mine = `${path}.${process.pid}`
  await mkdir(mine, { recursive: true })
  await writeFile(join(mine, "pid"), `${process.pid}`)
  try {
    await rename(mine, path)
    return true
  } catch (error) {
    await rm(mine, { recursive: true, force: true })
    if (["ENOTEMPTY", "EEXIST"].includes(error.code)) return false
    throw error
  }
}

const holderOf = async (path) => {
  const text = await readFile(join(path, "pid"), "utf8").catch(() => "")
  return text === "" ? undefined : Number(text)
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === "EPERM"
  }
}

/** Moving it away first lets only one of several waiting processes remove it. */
const breakLock = async (path, holder) => {
  const away = `${path}.dead-${holder}-${process.pid}`
  await rename(path, away).catch(() => undefined)
  await rm(away, { recursive: true, force: true })
}
