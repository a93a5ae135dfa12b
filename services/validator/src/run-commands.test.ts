import { Effect } from "effect"
import { expect, it } from "vitest"
import { runCommand, upTo } from "./run-commands.ts"
import { Sandbox, type SandboxRequest } from "./Sandbox.ts"

it("finds what was installed, whatever the project's CI says of where it has it", async () => {
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
  const layer = { key: "k", by: "go mod download", notes: [], env: { GOPROXY: "off" }, path: ["/workspace/.go/bin"] }
  const where = { label: "test", view: { root: "/view", treeSha: "a".repeat(40) }, layers: [layer], limits: { timeoutMs: 1, memoryMb: 1 } }
  const env = { GOPROXY: "https://modules.example", GOFLAGS: "-race" }
  const command = { name: "test", run: "go test ./...", cwd: ".", source: "workflow" as const, env }
  await Effect.runPromise(runCommand(where, command).pipe(Effect.provideService(Sandbox, sandbox)))
  expect(requests[0]).toMatchObject({ env: { GOPROXY: "off", GOFLAGS: "-race", GITHUB_ENV: "/dev/null" }, path: layer.path })
})

it("runs the failing command, also where one that differs only by its environment stands before it", () => {
  const step = (name: string, env: Record<string, string>) => ({ name, run: "npm test", cwd: ".", source: "workflow" as const, env })
  const [utc, tokyo] = [step("test", { TZ: "UTC" }), step("test", { TZ: "Asia/Tokyo" })]
  expect(upTo([utc, tokyo], tokyo)).toEqual([utc, tokyo])
  expect(upTo([utc, tokyo], utc)).toEqual([utc])
})
