/**
 * Clients of the live stream, and the one who says what they then hear: a process of its own, so that it does not share the api's thread.
 * Entries are in the ledger before the broker hears of them, as the planner does it: the api takes one that is not there for another ledger's.
 */
import { runSubject } from "@ci-fix-pilot/contract/subjects"
import { ciFailed, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { connect as connectNats } from "@nats-io/transport-node"
import postgres from "postgres"
import { percentile } from "./house.ts"

export interface Heard {
  readonly entries: number
  readonly seconds: number
  /** ms from saying an entry until the last client has it, at a steady pace. */
  readonly lastClient: { readonly p50: number; readonly p99: number }
  /** Clients that did not hear every entry exactly once and in order. */
  readonly wrong: number
}

/** So many entries may be on their way at once while the rate is measured. */
const underWay = 64
const perSecond = 20

const [apiPort = "", natsUrl = "", databaseUrl = "", clientCount = "", floodCount = "", pacedCount = ""] = Bun.argv.slice(2)
const clients = Number(clientCount)

let wrong = new Set<number>()
const heardBy = new Map<number, number>()
let wake: () => void = () => undefined

const mark = Buffer.from("\nid: ")
const first = Buffer.from("id: ")

/** Reads positions out of the frames of one client; a frame may come in pieces. */
const makeReader = (client: number) => {
  let last = 0
  let rest = Buffer.alloc(0)
  const see = (position: number) => {
    // The greeting says where the client is: at the beginning.
    if (position === 0) return
    if (position !== last + 1) wrong = wrong.add(client)
    last = position
    const count = (heardBy.get(position) ?? 0) + 1
    heardBy.set(position, count)
    if (count === clients) wake()
  }
  return (chunk: Buffer) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = data.lastIndexOf("\n\n")
    if (end < 0) {
      rest = Buffer.from(data)
      return
    }
    let at = data.subarray(0, first.length).equals(first) ? 0 : data.indexOf(mark)
    while (at >= 0 && at < end) {
      const from = data.indexOf(first, at) + first.length
      see(Number.parseInt(data.toString("latin1", from, from + 16), 10))
      at = data.indexOf(mark, from)
    }
    rest = Buffer.from(data.subarray(end + 1))
  }
}

const open = async (client: number) => {
  const read = makeReader(client)
  const socket = await Bun.connect({ hostname: "127.0.0.1", port: Number(apiPort), socket: { data: (_socket, chunk) => read(chunk) } })
  socket.write("GET /v1/ci-healing/stream?after=0 HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n")
}

const all = async (position: number) => {
  while ((heardBy.get(position) ?? 0) < clients)
    await new Promise<void>((resolve) => {
      wake = resolve
    })
}

await Promise.all(Array.from({ length: clients }, (_, client) => open(client)))
const streamClients = async () => {
  const answer = await fetch(`http://127.0.0.1:${apiPort}/v1/ci-healing/system`)
  return ((await answer.json()) as { streamClients: number }).streamClients
}
while ((await streamClients()) < clients) await Bun.sleep(20)

const nats = await connectNats({ servers: natsUrl })
const sql = postgres(databaseUrl, { max: 1 })
const runId = runIdOf(1)
const entryOf = { runId, type: "ci-failed", traceparent: "00-0-0-00", data: ciFailed(1) }
await sql`insert into run (run_id, repository, branch, commit_sha, title, status, phase, max_attempts, state, seq)
  values (${runId}, 'acme/shop-1', 'main', ${"1".repeat(40)}, 'Test', 'running', 'fetching', 3, '{}', 0)`
const commit = (from: number, to: number) =>
  sql`with ends as (update ledger set position = ${to})
    insert into run_event (run_id, seq, position, type, traceparent, data)
    select ${runId}, n, n, ${entryOf.type}, ${entryOf.traceparent}, ${sql.json({ ...entryOf.data })} from generate_series(${from}::int, ${to}::int) n`
const say = (position: number) =>
  nats.publish(runSubject(runId, "ci-failed"), JSON.stringify({ ...entryOf, seq: position, position, at: new Date().toISOString() }))

const paced: Array<number> = []
for (let position = 1; position <= Number(pacedCount); position += 1) {
  await commit(position, position)
  const start = performance.now()
  say(position)
  await all(position)
  paced.push(performance.now() - start)
  await Bun.sleep(Math.max(0, 1_000 / perSecond - (performance.now() - start)))
}

const from = Number(pacedCount)
const to = from + Number(floodCount)
const start = performance.now()
for (let next = from + 1; next <= to; next += underWay) {
  const last = Math.min(next + underWay - 1, to)
  await commit(next, last)
  for (let position = next; position <= last; position += 1) {
    say(position)
    if (position - from > underWay) await all(position - underWay)
  }
}
await all(to)
const seconds = (performance.now() - start) / 1_000
await Promise.all([nats.close(), sql.end()])
const heard: Heard = {
  entries: to - from,
  seconds,
  lastClient: { p50: percentile(paced, 0.5), p99: percentile(paced, 0.99) },
  wrong: wrong.size,
}
process.stdout.write(JSON.stringify(heard))
process.exit(0)
