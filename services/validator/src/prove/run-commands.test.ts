import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { expect, it } from "vitest"
import { Sandbox, type SandboxRequest } from "../sandbox/Sandbox.ts"
import { runCommand, upTo } from "./run-commands.ts"

const layer = { key: "k", by: "go mod download", notes: [], env: { GOPROXY: "off" }, path: ["/workspace/.go/bin"] }

/** Runs commands in a sandbox that only notes what it is asked. */
const watched = () => {
  const requests: Array<SandboxRequest> = []
  const sandbox = Sandbox.of({
    user: { uid: 1, gid: 1 },
    run: (request) => {
      requests.push(request)
      return Effect.succeed({ ended: "exited", exitCode: 0, durationMs: 1, output: { text: "", bytes: 0, truncated: false } })
    },
    probe: Effect.succeed({ kind: "bubblewrap", version: "0.0.0", details: {} }),
    reap: () => Effect.succeed([]),
  })
  const where = { label: "test", view: { root: "/view", treeSha: "a".repeat(40) }, layers: [layer], limits: { timeoutMs: 1, memoryMb: 1 } }
  const run = (command: PlanCommand) => Effect.runPromise(runCommand(where, command).pipe(Effect.provideService(Sandbox, sandbox)))
  return { requests, run }
}

it("finds what was installed, whatever the project's CI says of where it has it", async () => {
  const { requests, run } = watched()
  const env = { GOPROXY: "https://modules.example", GOFLAGS: "-race" }
  await run({ name: "test", run: "go test ./...", cwd: ".", source: "workflow", env })
  expect(requests[0]).toMatchObject({ env: { GOPROXY: "off", GOFLAGS: "-race", GITHUB_ENV: "/dev/null" }, path: layer.path })
})

it.each([
  ["override", undefined, "set -eo pipefail\n"],
  ["config", undefined, "set -eo pipefail\n"],
  ["workflow", undefined, "set -e\n"],
  ["detected", "sh", "set -e\n"],
] as const)("lets no pipe swallow a failure of a command that was written for it (%s, %s)", async (source, shell, options) => {
  const { requests, run } = watched()
  await run({ name: "test", run: "npm test | tail", cwd: ".", source, ...(shell === undefined ? {} : { shell }) })
  expect(requests[0]?.command).toBe(`${options}npm test | tail`)
})

it("runs the failing command, also where one that differs only by its environment stands before it", () => {
  const step = (name: string, env: Record<string, string>) => ({ name, run: "npm test", cwd: ".", source: "workflow" as const, env })
  const [utc, tokyo] = [step("test", { TZ: "UTC" }), step("test", { TZ: "Asia/Tokyo" })]
  expect(upTo([utc, tokyo], tokyo)).toEqual([utc, tokyo])
  expect(upTo([utc, tokyo], utc)).toEqual([utc])
})
