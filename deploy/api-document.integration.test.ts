import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Fleet, startFleet } from "./fleet/fleet.ts"

/** The examples of docs/api.md: each command, and the answer that is printed under it. */
const examples = [
  ...readFileSync(join(import.meta.dirname, "../docs/api.md"), "utf8").matchAll(/```sh\n([\s\S]*?)```\n(?:```json\n([\s\S]*?)```)?/gu),
].map(([, command = "", answer]) => ({ command, answer: answer === undefined ? undefined : (JSON.parse(answer) as unknown) }))

const token = "a token of the tests"
let fleet: Fleet

beforeAll(async () => {
  fleet = await startFleet({ services: ["ingest", "planner", "api"], settings: { CI_HEALING_API_TOKEN: token } })
})
afterAll(() => fleet?.stop())

/** A reader's next command comes later than the planner's next step. */
const untilFetching = `until [ "$(curl -sS -H "$AUTH" "$API/v1/ci-healing/runs?pageSize=1" | jq -r '.items[0].phase')" = fetching ]; do :; done`

/** All commands in one shell, as a reader would type them; what each printed. */
const runAll = async (): Promise<ReadonlyArray<string>> => {
  const script = examples
    .map(({ command }, at) => (at === 1 ? `${command}\n${untilFetching}` : command))
    .join("\nprintf '\\n=====\\n'\n")
    .replaceAll("http://localhost:3001", fleet.ingestUrl)
    .replaceAll("http://localhost:3000", fleet.apiUrl)
  const env = { PATH: Bun.env["PATH"] ?? "", CI_HEALING_WEBHOOK_SECRET: fleet.secret, CI_HEALING_API_TOKEN: token }
  const shell = Bun.spawn(["bash", "-uc", script], { env, stdout: "pipe", stderr: "inherit" })
  return (await new Response(shell.stdout).text()).split("\n=====\n")
}

/** What differs from run to run. */
const changing = new Set(["createdAt", "updatedAt", "deadlineAt", "at", "causedBy", "traceparent", "data", "signature", "review", "day"])
const lasting = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/run_[0-9a-f]{24}/gu, "run_"), (key, inner) => (changing.has(key) ? typeof inner : inner))

it("every example of the HTTP document answers what is printed under it", async () => {
  const printed = await runAll()
  expect(examples.length).toBeGreaterThan(5)
  expect(printed).toHaveLength(examples.length)
  for (const [at, { command, answer }] of examples.entries()) {
    if (answer === undefined) continue
    expect({ command, printed: printed[at] }).toEqual({ command, printed: expect.stringContaining("{") })
    expect({ command, answer: lasting(JSON.parse(printed[at] ?? "")) }).toEqual({ command, answer: lasting(answer) })
  }
})
