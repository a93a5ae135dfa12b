import type { EventData } from "@ci-fix-pilot/contract/events"
import { failureOf } from "@ci-fix-pilot/contract/failure-of"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { ciFailed } from "@ci-fix-pilot/testkit/scripted-answers"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Listening, startListening } from "./listening.suite.ts"
import { fold } from "./run-detail.ts"
import { digest, runId } from "./stories.suite.ts"

let database: PostgresServer
let broker: NatsServer
let api: Listening

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
  api = await startListening(await database.freshDatabase(), broker.url)
})
afterAll(async () => {
  await api?.stop()
  await Promise.all([database?.stop(), broker?.stop()])
})

const reported = (n: number, known: Partial<EventData<"ci-failed">> = {}): RunEvent => ({
  type: "ci-failed",
  data: { ...ciFailed(n), ...known },
})
const fetched = (text: string, firstError?: number): RunEvent => ({
  type: "failure-fetched",
  data: {
    ...{ failedJobs: [], signature: "0123456789abcdef", fork: false, headMoved: false },
    digest: { text, totalLines: 3, totalBytes: text.length, redactions: 0, ...(firstError === undefined ? {} : { firstError }) },
    author: { login: "ada", association: "MEMBER", trusted: true },
  },
})
const said = { ...digest, text: "ok 1\r\n\t not ok 2 - said by CI \r\n", firstError: 1 }
const diagnosis = { kind: "compile", summary: "Does not compile", firstError: "", suspectFiles: [], confidence: 0.9, by: "rules" } as const
const flaky: RunEvent = { type: "marked-flaky", data: { passed: 3, of: 3 } }

it.each<readonly [string, string | null, ReadonlyArray<RunEvent>]>([
  ["of which only the pipeline is known", null, [reported(1)]],
  ["of which CI named the error", "AssertionError", [reported(2, { errorType: "AssertionError" })]],
  ["whose log came along", "not ok 2 - said by CI", [reported(3, { digest: said, errorType: "AssertionError" })]],
  ["whose log was fetched", "not ok 1 - adds", [reported(4, { digest: said }), fetched("$ npm test\nnot ok 1 - adds\n", 1), flaky]],
  ["whose log tells no error", "not ok 2 - said by CI", [reported(5, { digest: said }), fetched("$ npm test\n"), flaky]],
  ["whose error is no line of what was kept", null, [reported(6), fetched("$ npm test\n", 4_000_000_000), flaky]],
  ["that is diagnosed", "Does not compile", [reported(7), { type: "diagnosed", data: { modelAvailable: false, diagnosis } }]],
])("a run %s is named alike in the list and by its ledger", async (_, name, life) => {
  const id = runId(Number(life[0]?.type === "ci-failed" ? life[0].data.target.repository.split("-").at(-1) : 0))
  await api.record(id, life)
  const { items } = await (await api.get(`/v1/ci-healing/runs?text=${id}`)).json()
  const run = fold(life)
  expect([items.length, items[0].failure, run && failureOf(run)]).toEqual([1, name, name])
})
