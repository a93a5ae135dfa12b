import { encodeMessage, type RunMessage } from "@ci-fix-pilot/contract/envelope"
import { runSubject } from "@ci-fix-pilot/contract/subjects"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { connect, type NatsConnection } from "@nats-io/transport-node"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { webhook } from "../bench/webhook.ts"
import { type Fleet, startFleet } from "../fleet/fleet.ts"
import { type Following, followRuns } from "./follow-runs.ts"
import { readLedger } from "./read-ledger.ts"

const never = 3_600_000
const within = 20_000
let fleet: Fleet
/** A broker that loses everything: the system speaks to another one. */
let deaf: NatsServer
let connection: NatsConnection
let failures = 0

beforeAll(async () => {
  ;[fleet, deaf] = await Promise.all([startFleet({ services: ["ingest", "planner", "api"] }), startNatsServer()])
  connection = await connect({ servers: deaf.url })
})
afterAll(async () => {
  await connection?.close()
  await Promise.all([fleet?.stop(), deaf?.stop()])
})

const fail = async () => {
  failures += 1
  const { body, headers } = webhook(failures, fleet.secret)
  const answer = await fetch(`${fleet.ingestUrl}/v1/ci-healing/webhook`, { method: "POST", body, headers })
  return `${Reflect.get(Object(await answer.json()), "runId")}`
}

const follow = async (quietMs: number) => {
  const seen: Array<string> = []
  const read = await readLedger(fleet.apiUrl)
  const following = await followRuns(deaf.url, ({ runId, seq, type }) => seen.push(`${runId} ${seq} ${type}`), { read, quietMs })
  return { seen, following }
}
const untilFetching = (following: Following, runId: string) =>
  following.until(`${runId} to begin`, (one) => one.runId === runId && one.run.phase === "fetching", within)
const whole = (runId: string) => [`${runId} 1 ci-failed`, `${runId} 2 fetch-started`]

describe("following runs", () => {
  it("reads what the broker never said, once it has been quiet for a while", async () => {
    const { seen, following } = await follow(50)
    const runs = [await fail(), await fail()]
    for (const runId of runs) await untilFetching(following, runId)
    await following.close()
    expect(seen.toSorted()).toEqual(runs.flatMap(whole).toSorted())
  })

  it("reads what is missing before an entry that came, at once", async () => {
    const { seen, following } = await follow(never)
    const runId = await fail()
    const phase = async () => Object(await (await fetch(`${fleet.apiUrl}/v1/ci-healing/runs/${runId}`)).json()).phase
    await expect.poll(phase, { timeout: within }).toBe("fetching")
    const entry: RunMessage = { id: `${runId}.3`, at: "", runId, traceparent: "", seq: 3, position: 9_999, type: "fetch-started", data: {} }
    connection.publish(runSubject(runId, entry.type), encodeMessage(entry))
    await untilFetching(following, runId)
    await following.close()
    expect(seen.slice(0, 2)).toEqual(whole(runId))
  })

  it("shows only what began since then", async () => {
    await untilFetching((await follow(50)).following, await fail())
    const { seen, following } = await follow(50)
    const runId = await fail()
    await untilFetching(following, runId)
    await following.close()
    expect(seen).toEqual(whole(runId))
  })
})
