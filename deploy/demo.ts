/**
 * Breaks small real projects on a forge of its own and heals them live. With `--exit` it ends when all have ended, and with 0 only if
 * each ended as expected and every pull request's head, cloned from outside, passes its project's tests.
 *
 *   npm run demo [-- --exit] [-- --only node-regression,flaky]
 */
import { parseArgs } from "node:util"
import { logging } from "@ci-fix-pilot/actor/run-main"
import { describeEntry, isRoutine, linkOf } from "@ci-fix-pilot/contract/describe-entry"
import type { RunMessage } from "@ci-fix-pilot/contract/envelope"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { Cause, Effect, Layer, References } from "effect"
import { approveAndMerge, broken, type Ended, playScenario, type Stage } from "./demo/play-scenario.ts"
import { sayProgress, sayTable } from "./demo/print.ts"
import { providePythonFor } from "./demo/provide-python.ts"
import { startWithForge } from "./embedded/with-forge.ts"
import { scenarios } from "./forge/catalogue.ts"
import { provideDashboardIfPossible, provided } from "./provision.ts"
import { type Followed, followRuns } from "./watch/follow-runs.ts"
import { readLedger } from "./watch/read-ledger.ts"

const { values } = parseArgs({ args: Bun.argv.slice(2), options: { exit: { type: "boolean" }, only: { type: "string" } } })
const wanted = scenarios.filter(({ name }) => values.only?.split(",").includes(name) ?? true)
const withinMs = 180_000
/** After so long without news the ledger itself is asked. */
const quietMs = 3_000
const say = (text: string) => process.stdout.write(`${text}\n`)

const approveAt = (apiUrl: string) => async (runId: string) => {
  const response = await fetch(`${apiUrl}/v1/ci-healing/runs/${runId}/actions/approve`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify({ reviewer: "demo", note: "looks right", expectedPhase: "fixed" }),
  })
  if (!response.ok) throw new Error(`approve answered ${response.status}: ${await response.text()}`)
}

/** Scenarios that stand alone run side by side; one that comes after another waits for that one's merge. */
const playAll = async (stage: Stage, played: typeof scenarios): Promise<ReadonlyArray<Ended>> => {
  const ended = new Map<string, Promise<Ended>>()
  for (const scenario of played) {
    const { after } = scenario
    const first = after === undefined ? undefined : ended.get(after)
    const { owner, name } = scenario.repository
    ended.set(
      scenario.name,
      (async () => {
        const before = await first
        if (before !== undefined) {
          const merged = stage.following.runs().find(({ run }) => run.target.repository === `${owner}/${name}` && run.phase === "fixed")
          if (merged !== undefined) await approveAndMerge(stage, merged.runId)
        }
        return playScenario(stage, scenario)
      })().catch((error: unknown) => broken(scenario, error)),
    )
  }
  return Promise.all(ended.values())
}

const program = Effect.gen(function* () {
  say("Starting ci-fix-pilot: all services in this process, a message broker, a database, and a forge in place of GitHub.")
  if (wanted.length === 0) return yield* Effect.fail(new Error(`--only: there are ${scenarios.map(({ name }) => name).join(", ")}`))
  const { played, leftOut } = yield* provided(() => providePythonFor(wanted, values.only !== undefined))
  yield* Effect.promise(provideDashboardIfPossible)
  const apiPort = yield* Effect.promise(freePort)
  const settings = { CI_HEALING_RUN_URL: `http://127.0.0.1:${apiPort}/runs/{runId}` }
  const { forge, natsUrl, apiUrl } = yield* startWithForge({ apiPort, settings })
  const following = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const source = { read: await readLedger(apiUrl), quietMs }
      const tell = (entry: RunMessage, { run }: Followed) => {
        const line = [describeEntry(entry), linkOf(entry)?.url ?? ""].join(" ").trim()
        if (!isRoutine(entry)) sayProgress(run.target.repository, run.target.branch, line)
      }
      return followRuns(natsUrl, tell, source)
    }),
    (open) => Effect.promise(() => open.close()),
  )
  say(`\nWatch it heal:   ${apiUrl}/\n\nforge ${forge.url}   messages: NATS_URL=${natsUrl} npm run watch\n`)
  const ended = yield* Effect.tryPromise(() => playAll({ forge, following, approve: approveAt(apiUrl), withinMs }, played))
  const all = [...ended, ...leftOut]
  sayTable(all)
  const wrong = all.filter((one) => one.wrong.length > 0).length
  if (values.exit === true) return wrong === 0 ? 0 : 1
  say(`\nThe dashboard is at ${apiUrl}/ until you press Ctrl-C.`)
  return yield* Effect.never
})

const quiet = Layer.mergeAll(logging("demo"), Layer.succeed(References.MinimumLogLevel, "Error"))
const running = Effect.runFork(Effect.scoped(program).pipe(Effect.provide(quiet)))
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    say("\nStopping and tidying up; once more ends at once.")
    running.interruptUnsafe()
  })
running.addObserver((exit) => {
  if (exit._tag === "Success") return process.exit(exit.value)
  if (Cause.hasInterruptsOnly(exit.cause)) return process.exit(130)
  process.stderr.write(`${Cause.squash(exit.cause)}\n`)
  return process.exit(1)
})
