/** What a person at the terminal is told by `npm start`, and what it leaves behind. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { type Running, startProcess } from "@ci-fix-pilot/machine/process"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

let scratch: string
let taken: Server
let environment: Record<string, string>
const running: Array<Running> = []

const listening = (server: Server) => {
  const address = server.address()
  return typeof address === "object" && address !== null ? `${address.port}` : ""
}

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), "start-"))
  taken = createServer()
  await new Promise<void>((resolve) => void taken.listen(0, "127.0.0.1", resolve))
  const [api, ingest, mirror, nats] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  environment = {
    CI_HEALING_DATA_DIR: join(scratch, "data"),
    CI_HEALING_SANDBOX: "bubblewrap",
    PORT: `${api}`,
    CI_HEALING_INGEST_PORT: `${ingest}`,
    CI_HEALING_MIRROR_PORT: `${mirror}`,
    CI_HEALING_NATS_PORT: `${nats}`,
  }
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()))
  await new Promise((resolve) => void taken.close(resolve))
  rmSync(scratch, { recursive: true, force: true })
})

const start = async (more: Readonly<Record<string, string>> = {}, ready?: RegExp) => {
  const process = await startProcess({
    command: globalThis.process.execPath,
    args: [join(checkout(), "deploy/start.ts")],
    cwd: scratch,
    env: { ...environment, ...more },
    ...(ready === undefined ? {} : { ready }),
    readyWithin: 100_000,
  })
  running.push(process)
  return process
}

/** The process group, which a terminal sends Ctrl-C to as a whole: the third field behind the name (proc(5)). */
const groupOf = (pid: number) => Number(/^.*\) \S+ \d+ (\d+)/u.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1])

/** The line for a person, of a start that fails. */
const refusal = async (more: Readonly<Record<string, string>>) => {
  const { exited, output } = await start(more)
  expect(await exited).toBe(1)
  return /^Cannot start: (.*)$/mu.exec(output())?.[1] ?? output()
}

describe("npm start", () => {
  it.each(["PORT", "CI_HEALING_INGEST_PORT", "CI_HEALING_MIRROR_PORT"])(
    "says who took the port of %s, before it makes anything",
    async (name) => {
      expect(await refusal({ [name]: listening(taken) })).toBe(
        `port ${listening(taken)} of 127.0.0.1 is taken: stop what listens there, or set ${name} to another port`,
      )
      expect(readdirSync(join(scratch, "data"))).toEqual([])
    },
  )

  it("says so when two of its own are to have one port, and when the broker's is taken", async () => {
    expect(await refusal({ CI_HEALING_INGEST_PORT: environment["PORT"] ?? "" })).toMatch(/is taken.* CI_HEALING_INGEST_PORT/u)
    expect(await refusal({ CI_HEALING_NATS_PORT: listening(taken) })).toMatch(/is taken.* CI_HEALING_NATS_PORT/u)
  })

  it.each([
    ["PORT", "abc"],
    ["CI_HEALING_NATS_PORT", "70000"],
    ["NATS_URL", "http://ann:s3cret@a.test"],
  ])("says so when %s is %s", async (name, value) => {
    const said = await refusal({ [name]: value })
    expect(said).toContain(name)
    expect(said).not.toContain("s3cret")
    expect(existsSync(join(scratch, "data"))).toBe(false)
  })

  it("says so when its data folder is none, cannot be made, or is another's", async () => {
    writeFileSync(join(scratch, "file"), "")
    expect(await refusal({ CI_HEALING_DATA_DIR: join(scratch, "file") })).toMatch(/file cannot be used .*set CI_HEALING_DATA_DIR/u)
    expect(await refusal({ CI_HEALING_DATA_DIR: "/proc/none" })).toMatch(/^\/proc\/none cannot be used/u)
    mkdirSync(join(scratch, "data"))
    writeFileSync(join(scratch, "data/lock"), `${process.pid}`)
    expect(await refusal({})).toContain(`is in use by process ${process.pid}`)
  })

  it("works in its data folder alone, and leaves nothing running and no lock there when it is interrupted", async () => {
    const { signal, exited, output } = await start({}, /^Webhooks: {3}http:/mu)
    expect(output()).toContain(`/v1/github/webhook  (refused until CI_HEALING_WEBHOOK_SECRET is set)`)
    const data = join(scratch, "data")
    const broker = Number(readFileSync(join(data, "nats.pid"), "utf8"))
    expect(groupOf(broker)).toBe(broker)
    signal("SIGINT")
    expect(await exited).toBe(130)
    expect(output()).not.toContain("Cannot start")
    expect(existsSync(`/proc/${broker}`)).toBe(false)
    expect(existsSync(join(data, "lock"))).toBe(false)
    expect(readdirSync(scratch)).toEqual(["data"])
    expect(readdirSync(data)).toContain("workspace")
  })
})
