import { ciFailed, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Fleet, startFleet } from "./fleet/fleet.ts"

let fleet: Fleet

beforeAll(async () => {
  fleet = await startFleet({ services: ["planner", "api"] })
})
afterAll(() => fleet?.stop())

it("a dead letter that is sent again reaches its run once, with no more rights than the api has", async () => {
  const runId = runIdOf(1)
  const message = { id: "inbox:webhook:dead-1", type: "ci-failed", at: "", runId, traceparent: "00-t", data: ciFailed(1) }
  const text = JSON.stringify({ kind: "message", message })
  await fleet.database.sql`insert into dead_letter (message_id, run_id, text, why) values ('dead-1', ${runId}, ${text}, 'it crashed')`
  const system = await (await fetch(`${fleet.apiUrl}/v1/ci-healing/system`)).json()
  const [letter] = system.backlog.newestDeadLetters
  const resend = async () => {
    const headers = { "idempotency-key": "click" }
    const answer = await fetch(`${fleet.apiUrl}/v1/ci-healing/system/dead-letters/${letter.id}/actions/resend`, { method: "POST", headers })
    return answer.json()
  }
  const resent = expect.objectContaining({ result: "applied", by: "api" })
  const answers = [0, 1].map(() => expect.poll(resend).toEqual(resent))
  await Promise.all(answers)
  const run = await (await fetch(`${fleet.apiUrl}/v1/ci-healing/runs/${runId}`)).json()
  expect(run.events.filter(({ type }: { type: string }) => type === "ci-failed")).toHaveLength(1)
})

it("the system page is told how every service that answers is set up, and no secret", async () => {
  const read = async () => (await fetch(`${fleet.apiUrl}/v1/ci-healing/system`)).json()
  let system = await read()
  const answering = async (): Promise<ReadonlyArray<string>> => {
    system = await read()
    return system.services.filter(({ answers }: { answers: boolean }) => answers).map(({ service }: { service: string }) => service)
  }
  await expect.poll(answering).toEqual(["planner", "api"])
  const { configuration, version } = system
  expect(version).toMatch(/^\d/u)
  expect(configuration).toContainEqual({ name: "DATABASE_URL", value: null, secret: true, isSet: true })
  expect(configuration).toContainEqual({ name: "PORT", value: new URL(fleet.apiUrl).port, secret: false, isSet: true })
  expect(configuration).toContainEqual({ name: "CI_HEALING_MAX_ATTEMPTS", value: null, secret: false, isSet: false })
  expect(JSON.stringify(configuration)).not.toContain(fleet.operator.pass)
})

/** What the page needs before it shows anything: its script and its style. Asks for them as a browser does. */
const firstLoad = async () => {
  const page = await fetch(fleet.apiUrl, { headers: { accept: "text/html" } })
  const text = await page.text()
  expect([page.status, text]).toEqual([200, expect.stringContaining('id="first"')])
  const paths = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/gu)].map(([, path = ""]) => path)
  return Promise.all(
    paths.map(async (path) => {
      const answer = await fetch(`${fleet.apiUrl}${path}`, { headers: { "accept-encoding": "br" }, decompress: false })
      return { path, status: answer.status, headers: answer.headers, bytes: (await answer.arrayBuffer()).byteLength }
    }),
  )
}

it("the dashboard comes with the api, as it is built, and may be kept for ever", async () => {
  for (const { status, headers } of await firstLoad())
    expect([status, headers.get("content-encoding"), headers.get("cache-control")]).toEqual([
      200,
      "br",
      "public, max-age=31536000, immutable",
    ])
})

it("the dashboard's first load is one script and one style, of 22,000 bytes together at most", async () => {
  const parts = await firstLoad()
  expect(parts.map(({ path }) => path.split(".").at(-1)).toSorted()).toEqual(["css", "js"])
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  expect(
    bytes,
    "what is in it: cd ui && bun --bun run weigh; what nobody needs at first belongs to parts-for-later.ts",
  ).toBeLessThanOrEqual(22_000)
})
