import { createHmac, timingSafeEqual } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { deflateRawSync } from "node:zlib"
import type { RunRow } from "../store/rows.ts"

const stepFile = (dir: string, job: number, step: number) => join(dir, "logs", String(job), `${String(step).padStart(4, "0")}.txt`)

/** Keeps one step's log lines (already with timestamps). */
export const writeStepLog = (dir: string, job: number, step: number, text: string): void => {
  mkdirSync(join(dir, "logs", String(job)), { recursive: true })
  writeFileSync(stepFile(dir, job, step), text)
}

const readStepLog = (dir: string, job: number, step: number): string => {
  const path = stepFile(dir, job, step)
  return existsSync(path) ? readFileSync(path, "utf8") : ""
}

/** A job's log as GitHub serves it: a byte order mark, then the steps one after the other. Undefined when it has expired. */
export const readJobLog = (dir: string, job: number): string | undefined => {
  const folder = join(dir, "logs", String(job))
  if (!existsSync(folder)) return undefined
  return `\uFEFF${readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("")}`
}

/** Takes a run's logs away, as GitHub does after 90 days. */
export const expireLogs = (dir: string, run: RunRow): void => {
  for (const job of run.jobs) rmSync(join(dir, "logs", String(job.id)), { recursive: true, force: true })
}

const safe = (name: string): string => name.replace(/[\\/:*?"<>|]/gu, "")

/** A run's logs as a zip with GitHub's names: `0_build.txt` for a whole job, `build/2_Run tests.txt` for a step. */
export const runLogsZip = (dir: string, run: RunRow): Buffer | undefined => {
  const files: Array<readonly [string, string]> = []
  for (const [index, job] of run.jobs.entries()) {
    const whole = readJobLog(dir, job.id)
    if (whole === undefined) continue
    files.push([`${index}_${safe(job.name)}.txt`, whole])
    for (const step of job.steps) {
      const text = readStepLog(dir, job.id, step.number)
      if (text !== "") files.push([`${safe(job.name)}/${step.number}_${safe(step.name)}.txt`, `\uFEFF${text}`])
    }
  }
  return files.length === 0 ? undefined : zip(files)
}

const u16 = (value: number) => Buffer.from([value & 255, (value >> 8) & 255])
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer)

/** A zip archive (deflate, UTF-8 names, no dates) of small text files. */
export const zip = (files: ReadonlyArray<readonly [string, string]>): Buffer => {
  const bodies: Array<Buffer> = []
  const directory: Array<Buffer> = []
  let at = 0
  for (const [name, text] of files) {
    const content = Buffer.from(text)
    const packed = deflateRawSync(content)
    const path = Buffer.from(name)
    const facts = Buffer.concat([
      u16(20),
      u16(0x0800),
      u16(8),
      u16(0),
      u16(0x21),
      u32(Bun.hash.crc32(content)),
      u32(packed.length),
      u32(content.length),
      u16(path.length),
      u16(0),
    ])
    bodies.push(u32(0x04034b50), facts, path, packed)
    directory.push(u32(0x02014b50), u16(20), facts, u16(0), u16(0), u16(0), u32(0), u32(at), path)
    at += 4 + facts.length + path.length + packed.length
  }
  const index = Buffer.concat(directory)
  const end = Buffer.concat([u32(0x06054b50), u16(0), u16(0), u16(files.length), u16(files.length), u32(index.length), u32(at), u16(0)])
  return Buffer.concat([...bodies, index, end])
}

/** Log downloads need no credentials but this signature, as with GitHub's storage. Valid for a minute. */
export const signLogPath = (secret: string, path: string, nowMs: number): string => {
  const expires = Math.floor(nowMs / 1000) + 60
  return `${path}?se=${expires}&sig=${createHmac("sha256", secret).update(`${path} ${expires}`).digest("hex")}`
}

/** Whether an address was signed here and is not too old. */
export const isSigned = (secret: string, url: URL, nowMs: number): boolean => {
  const expires = url.searchParams.get("se") ?? ""
  const wanted = Buffer.from(createHmac("sha256", secret).update(`${url.pathname} ${expires}`).digest("hex"))
  const got = Buffer.from(url.searchParams.get("sig") ?? "")
  return got.length === wanted.length && timingSafeEqual(got, wanted) && Number(expires) * 1000 > nowMs
}
