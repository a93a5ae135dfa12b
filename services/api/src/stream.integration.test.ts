import { readFileSync } from "node:fs"
import { connect } from "node:net"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { type Client, openStream } from "./event-source.suite.ts"
import { type Listening, startListening } from "./listening.suite.ts"
import { failed, fixed, proven, runId } from "./stories.suite.ts"

let database: PostgresServer
let broker: NatsServer
let api: Listening
let latest = 0
const clients: Array<Client> = []

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
  api = await startListening(await database.freshDatabase(), broker.url, { CI_HEALING_MAX_STREAMS: "600" })
})
afterAll(async () => {
  await api?.stop()
  await Promise.all([database?.stop(), broker?.stop()])
})
/** A client that went away is counted for a moment longer. */
const streamClients = async () => (await (await api.get("/v1/ci-healing/system")).json()).streamClients
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await expect.poll(streamClients).toBe(0)
})

const newRun = () => {
  latest += 1
  return { n: latest, id: runId(latest) }
}
const follow = async (query = "", headers: Record<string, string> = {}) => {
  const client = await openStream(`${api.url}/v1/ci-healing/stream${query}`, headers)
  clients.push(client)
  return client
}
/** Which ledger a client is told that it follows. */
const toldLedger = async () => {
  const abort = new AbortController()
  const { body } = await fetch(`${api.url}/v1/ci-healing/stream`, { signal: abort.signal })
  const { value } = (await body?.getReader().read()) ?? {}
  abort.abort()
  return /^ledger: (.*)$/mu.exec(new TextDecoder().decode(value))?.[1]
}
const positionsOf = (client: Client) => client.entries.map(({ position }) => position)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
const head = async () => (await (await api.get("/v1/ci-healing/runs")).json()).position
const until = (client: Client, position: number) => expect.poll(() => client.entries.at(-1)?.position).toBe(position)

describe("the stream", () => {
  it("shows every entry once, in order, to every client", async () => {
    const start = await head()
    const all = await Promise.all(Array.from({ length: 20 }, () => follow()))
    const { n, id } = newRun()
    await api.record(id, fixed(n))
    for (const client of all) {
      await until(client, start + 8)
      expect(positionsOf(client)).toEqual(range(start + 1, start + 8))
    }
    expect(all[0]?.entries[0]).toMatchObject({ runId: id, seq: 1, type: "ci-failed", causedBy: "test" })
  })

  it("shows what was committed, nothing before", async () => {
    const client = await follow()
    const { n, id } = newRun()
    await api.record(id, proven(n))
    const stored = await api.rows(`select position::float8 as position, type, data, at from run_event where run_id = '${id}' order by seq`)
    await until(client, Number(stored.at(-1)?.["position"]))
    expect(client.entries).toEqual(
      stored.map(({ position, type, data, at }) =>
        expect.objectContaining({ position, type, data, at: at instanceof Date ? at.toISOString() : "" }),
      ),
    )
  })

  it("says which ledger it tells", async () => {
    const [row] = await api.rows("select id from ledger")
    expect(await toldLedger()).toMatch(/^[0-9a-f-]{36}$/u)
    expect(await toldLedger()).toBe(row?.["id"])
  })

  it("tells a ledger that was not named when it began, once the planner has named it", async () => {
    await api.rows("alter table ledger drop column id")
    await expect.poll(toldLedger).toBeUndefined()
    await api.rows(readFileSync(new URL("../../planner/src/migrations/0008-which-ledger.sql", import.meta.url), "utf8"))
    const [row] = await api.rows("select id from ledger")
    await expect.poll(toldLedger).toBe(row?.["id"])
  })

  it("ends when a backup was restored as the manual says, and tells that ledger", async () => {
    const client = await follow()
    const before = await toldLedger()
    const manual = readFileSync(new URL("../../../docs/operating.md", import.meta.url), "utf8")
    await api.rows(/psql .* -c "(update ledger .*)"$/mu.exec(manual)?.[1] ?? "no statement")
    await client.ended
    expect(await toldLedger()).not.toBe(before)
    const again = await follow()
    const [entry] = await api.record(newRun().id, [failed(latest)])
    await until(again, entry?.position ?? 0)
  })

  it("shows one run alone when asked to", async () => {
    const [one, other] = [newRun(), newRun()]
    const client = await follow(`?runId=${other.id}`)
    await api.record(one.id, [failed(one.n)])
    const [entry] = await api.record(other.id, [failed(other.n)])
    await until(client, entry?.position ?? 0)
    expect(client.entries.map((one) => one.runId)).toEqual([other.id])
  })

  it("resumes behind the last event that a client has, over many pages", async () => {
    const { id, n } = newRun()
    const start = await head()
    for (let times = 0; times < 5; times += 1)
      await api.record(
        id,
        Array.from({ length: 100 }, () => failed(n)),
      )
    const client = await follow("", { "last-event-id": `${start + 10}` })
    await until(client, start + 500)
    expect(positionsOf(client)).toEqual(range(start + 11, start + 500))
    const alone = await follow(`?runId=${id}&after=0`)
    await until(alone, start + 500)
    expect(positionsOf(alone)).toEqual(range(start + 1, start + 500))
  })

  it("has no gap for clients that come and go while much happens", async () => {
    const { id, n } = newRun()
    const start = await head()
    const seen: Array<number> = []
    let lastEventId = `${start}`
    const writing = (async () => {
      for (let times = 0; times < 60; times += 1) await api.record(id, [failed(n), failed(n)])
    })()
    while (seen.length < 120) {
      const client = await follow("", { "last-event-id": lastEventId })
      const wanted = Math.min(seen.length + 7, 120)
      await expect.poll(() => seen.length + client.entries.length >= wanted, { interval: 5 }).toBe(true)
      client.close()
      await client.ended
      seen.push(...positionsOf(client))
      lastEventId = client.lastEventId()
    }
    await writing
    expect(seen).toEqual(range(start + 1, start + 120))
  })

  it("remembers where a client was even if nothing happened while it listened", async () => {
    const before = await follow()
    const lastEventId = before.lastEventId()
    before.close()
    const { id, n } = newRun()
    const [entry] = await api.record(id, [failed(n)])
    const after = await follow("", { "last-event-id": lastEventId })
    await until(after, entry?.position ?? 0)
    expect(after.entries).toHaveLength(1)
  })

  it("takes what the broker did not say from the ledger", async () => {
    const start = await head()
    const client = await follow()
    const [one, other] = [newRun(), newRun()]
    await api.record(one.id, proven(one.n), "silent")
    await api.record(other.id, [failed(other.n)])
    await until(client, start + 7)
    expect(positionsOf(client)).toEqual(range(start + 1, start + 7))
    await api.record(newRun().id, [failed(latest)], "silent")
    await until(client, start + 8)
  })

  it("goes on without the broker, and with it again", async () => {
    const start = await head()
    const client = await follow()
    await broker.kill()
    await api.record(newRun().id, proven(latest), "silent")
    await until(client, start + 6)
    await broker.start()
    const { id, n } = newRun()
    await api.record(id, [failed(n)], "silent")
    await until(client, start + 7)
    expect(positionsOf(client)).toEqual(range(start + 1, start + 7))
  })

  it("is not misled by a position beyond the end", async () => {
    const client = await follow("", { "last-event-id": "999999999" })
    const [entry] = await api.record(newRun().id, [failed(latest)])
    await until(client, entry?.position ?? 0)
  })

  it("cuts off a client that does not read, and forgets it; others go on", async () => {
    const { hostname, port } = new URL(api.url)
    const socket = connect(Number(port), hostname)
    socket.write("GET /v1/ci-healing/stream HTTP/1.1\r\nhost: localhost\r\n\r\n")
    await new Promise((resolve) => socket.once("data", resolve))
    socket.pause()
    const reader = await follow()
    await expect.poll(streamClients).toBe(2)
    const { id, n } = newRun()
    const large = {
      ...failed(n),
      data: { title: "x".repeat(2_000), target: { provider: "github", repository: "a/b", branch: "b", commitSha: "a".repeat(40) } },
    } as ReturnType<typeof failed>
    const start = await head()
    for (let times = 0; times < 30; times += 1)
      await api.record(
        id,
        Array.from({ length: 200 }, () => large),
      )
    await until(reader, start + 6_000)
    await expect.poll(streamClients).toBe(1)
    expect(positionsOf(reader)).toEqual(range(start + 1, start + 6_000))
    socket.destroy()
  })

  it("serves as many clients as it was told to, and no more", async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => follow()))
    expect(await streamClients()).toBe(40)
    for (const client of all) client.close()
    await expect.poll(streamClients).toBe(0)
    const few = await startListening(await database.freshDatabase(), broker.url, { CI_HEALING_MAX_STREAMS: "1" })
    try {
      clients.push(await openStream(`${few.url}/v1/ci-healing/stream`))
      expect((await few.get("/v1/ci-healing/stream")).status).toBe(503)
    } finally {
      await few.stop()
    }
  })
})
