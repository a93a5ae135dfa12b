/** `bun bare.ts ingest|planner|hands`: a part of the house without any of its work: messages and commits, in batches, as directly as they can be said. */
import { type JsMsg, jetstream } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import postgres from "postgres"
import { inTurn, lastStep } from "./bare-steps.ts"

const [role = ""] = Bun.argv.slice(2)
const connection = await connect({ servers: Bun.env["NATS_URL"] ?? "", noAsyncTraces: true })
const stream = jetstream(connection)
const sql = postgres(Bun.env["DATABASE_URL"] ?? "", { max: 2, onnotice: () => {} })

/** About what a message of the house is long, with its headers. */
const filling = "x".repeat(250)
interface Said {
  readonly run: string
  readonly step: number
}
const publish = (subject: string, { run, step }: Said) =>
  stream.publish(subject, JSON.stringify({ run, step, filling }), { msgID: `${subject}.${run}.${step}` })

/** Everything that waits is worked off together, while the next gathers. */
const inBatches = <A>(work: (batch: ReadonlyArray<A>) => Promise<void>) => {
  let waiting: Array<A> = []
  let busy = false
  const go = async () => {
    busy = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await work(batch)
    }
    busy = false
  }
  return (one: A) => {
    waiting.push(one)
    if (!busy) void go()
  }
}

const ingest = () => {
  let count = 0
  const accept = inBatches<{ readonly run: string; readonly body: string; readonly done: () => void }>(async (batch) => {
    const rows = JSON.stringify(batch.map(({ run, body }) => ({ id: run, body })))
    await sql.unsafe("insert into inbox select * from jsonb_to_recordset($1::text::jsonb) as x (id text, body text)", [rows], {
      prepare: true,
    })
    for (const { run, done } of batch) {
      void publish("done.0", { run, step: 0 })
      done()
    }
  })
  Bun.serve({
    port: Number(Bun.env["PORT"]),
    fetch: async (request) => {
      const body = await request.text()
      count += 1
      const run = `run${count}`
      await new Promise<void>((done) => accept({ run, body, done }))
      return Response.json({ runId: run }, { status: 202 })
    },
  })
}

const follows = ({ run, step }: Said) => {
  if (step < inTurn) return [{ run, step: step + 1 }]
  return step === inTurn ? Array.from({ length: lastStep - inTurn }, (_, index) => ({ run, step: inTurn + 1 + index })) : []
}

const planner = async () => {
  const apply = inBatches<{ readonly said: Said; readonly text: string; readonly ack: () => void }>(async (batch) => {
    const rows = JSON.stringify(batch.map(({ said, text }) => ({ ...said, text })))
    const apply =
      "insert into applied select * from jsonb_to_recordset($1::text::jsonb) as x (run text, step int, text text) on conflict do nothing"
    await sql.unsafe(apply, [rows], { prepare: true })
    for (const { said, text, ack } of batch) {
      for (const next of follows(said)) void publish(`todo.${next.step}`, next)
      connection.publish(`told.${said.run}.${said.step}`, text)
      ack()
    }
  })
  const consumer = await stream.consumers.get("EVENTS", "planner")
  const callback = (message: JsMsg) => apply({ said: message.json<Said>(), text: message.string(), ack: () => message.ack() })
  await consumer.consume({ max_messages: 512, callback })
}

const hands = async () => {
  for (let step = 1; step <= lastStep; step += 1) {
    const consumer = await stream.consumers.get("COMMANDS", `step-${step}`)
    const callback = (message: JsMsg) => void publish(`done.${step}`, message.json<Said>()).then(() => message.ack())
    await consumer.consume({ max_messages: 128, callback })
  }
}

const roles: Readonly<Record<string, () => unknown>> = { ingest, planner, hands }
await roles[role]?.()
process.stdout.write("is up\n")
