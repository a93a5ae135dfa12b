import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { ConfigProvider, Effect, Logger } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { run } from "../provision/shell.ts"
import { startEmbedded } from "./embedded.ts"
import { markStart, wasPutBack } from "./put-back.ts"

let scratch: string
let folder: string
let copy: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "put-back-"))
  folder = join(scratch, "data")
  copy = join(scratch, "copy")
})
afterEach(() => rmSync(scratch, { recursive: true, force: true }))

const database = () => join(folder, "postgres")

/** The system's clock for files stands still for some ms (4, before Linux 6.13): returns once what is touched next is later than the mark. */
const untilLaterThanTheMark = () => {
  const touched = join(scratch, "touched")
  const ctimeOf = (file: string) => statSync(file, { bigint: true }).ctimeNs
  do writeFileSync(touched, "")
  while (ctimeOf(touched) <= ctimeOf(join(database(), "last-start")))
}

describe("the database of the embedded system", () => {
  beforeEach(() => mkdirSync(folder))
  const firstStart = () => {
    mkdirSync(database())
    markStart(folder)
  }

  it("is a new one at the first start, and the same at each later one", () => {
    expect(wasPutBack(folder)).toBe(false)
    firstStart()
    expect(wasPutBack(folder)).toBe(false)
    writeFileSync(join(database(), "1"), "rows")
    markStart(folder)
    expect(wasPutBack(folder)).toBe(false)
  })

  it("is the same in a data folder that was moved", () => {
    firstStart()
    renameSync(folder, copy)
    expect(wasPutBack(copy)).toBe(false)
  })

  it.each([
    ["in place of the folder", () => ["sh", "-c", `rm -r ${database()} && cp -a ${copy}/postgres ${database()}`]],
    ["over the files that are there", () => ["cp", "-a", `${copy}/postgres/.`, database()]],
    ["with all that lies beside it", () => ["sh", "-c", `rm -r ${folder} && cp -a ${copy} ${folder}`]],
    ["out of an archive", () => ["sh", "-c", `tar -C ${copy} -c postgres | tar -C ${folder} -x`]],
  ])("is another once a copy was put back: %s", async (_, command) => {
    firstStart()
    cpSync(folder, copy, { recursive: true, preserveTimestamps: true })
    markStart(folder)
    untilLaterThanTheMark()
    const [program = "", ...args] = command()
    await run(program, args)
    expect(wasPutBack(folder)).toBe(true)
    markStart(folder)
    expect(wasPutBack(folder)).toBe(false)
  })

  it("is another where a copy is all that is there", () => {
    firstStart()
    rmSync(join(folder, "last-start"))
    expect(wasPutBack(folder)).toBe(true)
  })

  it("is another when somebody says so by touching the mark, as after the rollback of a whole disk", () => {
    firstStart()
    untilLaterThanTheMark()
    utimesSync(join(database(), "last-start"), 1, 1)
    expect(wasPutBack(folder)).toBe(true)
  })
})

describe("the embedded system", () => {
  const apiPort = freePort()

  /** Starts it, asks which ledger its stream tells, and stops it. */
  const ledgerOfAStart = async () => {
    const port = await apiPort
    const settings = {
      PORT: `${port}`,
      CI_HEALING_INGEST_PORT: `${await freePort()}`,
      CI_HEALING_MIRROR_PORT: `${await freePort()}`,
      CI_HEALING_SANDBOX: "bubblewrap",
      CI_HEALING_WORKSPACE_DIR: join(scratch, "workspace"),
    }
    const greeting = Effect.promise(async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/ci-healing/stream`)
      for await (const part of answer.body ?? []) return /^ledger: (\S+)$/mu.exec(new TextDecoder().decode(part))?.[1]
      return undefined
    })
    const started = Effect.andThen(startEmbedded({ folder, natsPort: await freePort(), settings }), greeting)
    const quiet = [Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord({}))), Effect.provide(Logger.layer([]))] as const
    return Effect.runPromise(Effect.scoped(started).pipe(...quiet))
  }

  it("tells the same ledger after a start, and another, without the broker's old store, after a copy was put back", async () => {
    const first = await ledgerOfAStart()
    expect(first).toMatch(/^[0-9a-f-]{36}$/u)
    cpSync(database(), copy, { recursive: true, preserveTimestamps: true })
    expect(await ledgerOfAStart()).toBe(first)
    const old = join(folder, "nats/told-by-the-story-that-was-left")
    writeFileSync(old, "")
    rmSync(database(), { recursive: true })
    cpSync(copy, database(), { recursive: true, preserveTimestamps: true })
    const second = await ledgerOfAStart()
    expect(second).toMatch(/^[0-9a-f-]{36}$/u)
    expect(second).not.toBe(first)
    expect(existsSync(old)).toBe(false)
    expect(await ledgerOfAStart()).toBe(second)
  }, 120_000)
})
