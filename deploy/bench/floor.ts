/** What a run takes here at least: as many messages and commits as the house has for one, by programs that do nothing else (bare.ts). */
import { join } from "node:path"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { startProcess } from "@ci-fix-pilot/machine/process"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { AckPolicy, jetstreamManager, RetentionPolicy } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import postgres from "postgres"
import { inTurn, lastStep } from "./bare-steps.ts"
import { measureRuns } from "./measure-runs.ts"

const prepare = async (natsUrl: string) => {
  const connection = await connect({ servers: natsUrl })
  const manager = await jetstreamManager(connection)
  await manager.streams.add({ name: "COMMANDS", subjects: ["todo.>"], retention: RetentionPolicy.Workqueue })
  await manager.streams.add({ name: "EVENTS", subjects: ["done.>"] })
  await manager.streams.add({ name: "RUNS", subjects: ["told.>"] })
  const durable = { ack_policy: AckPolicy.Explicit, max_ack_pending: 1_024 }
  await manager.consumers.add("EVENTS", { ...durable, durable_name: "planner", filter_subject: "done.>" })
  for (let step = 1; step <= lastStep; step += 1)
    await manager.consumers.add("COMMANDS", { ...durable, durable_name: `step-${step}`, filter_subject: `todo.${step}` })
  return connection
}

const tables = `
create table inbox (id text primary key, body text not null);
create table applied (run text not null, step int not null, text text not null, primary key (run, step))`

export const floor = async () => {
  const [database, nats, port] = await Promise.all([startPostgres(), startNatsServer(), freePort()])
  const sql = postgres(await database.freshDatabase(), { max: 1, onnotice: () => {} })
  const connection = await prepare(nats.url)
  await sql.unsafe(tables)
  const { host, port: databasePort, database: name } = sql.options
  const env = { NATS_URL: nats.url, DATABASE_URL: `postgres://postgres@${host[0]}:${databasePort[0]}/${name}`, PORT: `${port}` }
  const start = (role: string) =>
    startProcess({ command: process.execPath, args: [join(checkout(), "deploy/bench/bare.ts"), role], env, ready: /is up/u })
  const programs = await Promise.all(["ingest", "planner", "hands"].map(start))
  const [ingest, planner, hands] = programs.map(({ pid }) => pid)
  const counted = async (step: number) => Number((await sql`select count(*)::int as n from applied where step = ${step}`)[0]?.["n"])
  try {
    return await measureRuns({
      sql,
      ingestUrl: `http://127.0.0.1:${port}`,
      secret: "bench",
      pids: { ingest: ingest ?? 0, planner: planner ?? 0, hands: hands ?? 0, nats: nats.pid() },
      follow: async (opened) => {
        const subscription = connection.subscribe(`told.*.${inTurn}`, {
          callback: (_error, { subject }) => opened(subject.split(".")[1] ?? ""),
        })
        await connection.flush()
        return async () => subscription.unsubscribe()
      },
      countOpened: () => counted(inTurn),
      countWaiting: async () => (await counted(0)) - (await counted(lastStep)),
    })
  } finally {
    await Promise.all(programs.map((one) => one.stop()))
    await connection.close()
    await sql.end({ timeout: 1 })
    await Promise.all([nats.stop(), database.stop()])
  }
}
