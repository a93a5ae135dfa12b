/**
 * Heals a local git repository that was never seen before: no account, no configuration.
 *
 *   npm run heal -- PATH [--commit SHA] [--good SHA] [--command "…"] [--apply]
 *
 * Exits 0 when healed, 2 when the input is unusable, 3 when a person is needed, 4 when the failure is flaky.
 */
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { logging } from "@ci-fix-pilot/actor/run-main"
import { Cause, Effect, Layer, References } from "effect"
import { startWithForge } from "./embedded/with-forge.ts"
import { sayAwaiting, sayEscalated, sayFlaky, sayHealed } from "./heal/print-result.ts"
import { type LocalRepository, readRepository, takeBranch, Unusable } from "./heal/read-repository.ts"
import { showProgress } from "./heal/show-progress.ts"
import { type Followed, followRuns } from "./watch/follow-runs.ts"
import { hasEnded } from "./watch/has-ended.ts"
import { readLedger } from "./watch/read-ledger.ts"

const branch = "heal"
const withinMs = 40 * 60_000
/** After so long without news the ledger itself is asked. */
const quietMs = 3_000
const usage = 'usage: npm run heal -- PATH [--commit SHA] [--good SHA] [--command "…"] [--apply]'
const note = (text: string) => process.stderr.write(`${text}\n`)

const options = () => {
  try {
    const { values, positionals } = parseArgs({
      args: Bun.argv.slice(2),
      allowPositionals: true,
      options: { commit: { type: "string" }, good: { type: "string" }, command: { type: "string" }, apply: { type: "boolean" } },
    })
    const [path, ...rest] = positionals
    if (path === undefined || rest.length > 0) throw new Unusable(usage)
    // npm starts this in the checkout, wherever it was called.
    return { path: resolve(Bun.env["INIT_CWD"] ?? ".", path), ...values }
  } catch (error) {
    throw new Unusable(error instanceof Unusable ? error.message : `${error instanceof Error ? error.message : error}\n${usage}`)
  }
}

/** Lets the forge have the commit on a branch of its own, green where the user says so, and red at the commit. */
const report = async (forge: Effect.Success<ReturnType<typeof startWithForge>>["forge"], local: LocalRepository) => {
  const repository = `local/${local.name}`
  await forge.createRepository({ owner: "local", name: local.name, from: local.path })
  const bare = forge.repositoryPath(repository)
  const at = (sha: string) => Bun.spawnSync(["git", "-C", bare, "update-ref", `refs/heads/${branch}`, sha])
  if (local.good !== undefined) {
    at(local.good)
    await forge.recordRun({ repository, branch, sha: local.good, conclusion: "success", name: "heal" })
  }
  at(local.commit)
  await forge.recordRun({
    repository,
    branch,
    sha: local.commit,
    conclusion: "failure",
    name: "heal",
    ...(local.job === undefined ? {} : { path: local.job.path }),
    jobs: [
      {
        name: local.job?.job ?? branch,
        conclusion: "failure",
        steps: [{ name: branch, conclusion: "failure", log: `asked to heal ${local.commit}\n` }],
      },
    ],
  })
}

const conclude = async ({ run, entries }: Followed, local: LocalRepository, bare: string, apply: boolean) => {
  const hopeless = entries.find((entry) => entry.type === "not-reproducible")
  if (hopeless !== undefined)
    throw new Unusable(
      `${local.commit.slice(0, 12)} cannot be run here: ${hopeless.data.why}${hopeless.data.evidence === undefined ? "" : `\n${hopeless.data.evidence}`}`,
    )
  const green = entries.find((entry) => entry.type === "not-reproduced")
  if (green !== undefined) {
    if (green.data.passed === green.data.of)
      throw new Unusable(
        `nothing fails at ${local.commit.slice(0, 12)}: ${green.data.plan.map((command) => command.run).join("; ")} passed ${green.data.of} times`,
      )
    sayFlaky(run, green.data)
    return 4
  }
  if (run.phase === "awaiting-approval") {
    sayAwaiting(run)
    note("\nNothing was written: whether this proof is enough is for a person to say.")
    return 3
  }
  const unsteady = entries.flatMap((entry) => (entry.type === "fix-declined" ? (entry.data.unsteady ?? []) : []))[0]
  if (run.phase !== "fixed" && unsteady !== undefined) {
    sayFlaky(run, unsteady)
    return 4
  }
  if (run.phase !== "fixed" || run.pullRequest === undefined) {
    sayEscalated(run)
    if (local.shallow)
      note("\nThis clone is shallow: older commits are missing here, green ones among them maybe. `git fetch --unshallow` gets them.")
    return 3
  }
  sayHealed(run)
  if (!apply) {
    note("\nNothing was written. With --apply, the fix is put on a branch of its own.")
    return 0
  }
  await takeBranch(local.path, bare, run.pullRequest.branch)
  note(`\nThe fix is on the branch ${run.pullRequest.branch}; your working tree was not touched.`)
  return 0
}

const program = Effect.gen(function* () {
  const given = yield* Effect.try({ try: options, catch: (error) => error })
  const local = yield* Effect.tryPromise({ try: () => readRepository(given.path, given.commit, given.good), catch: (error) => error })
  if (local.dirty) note("note: uncommitted changes are not looked at; a commit is healed, not a working tree")
  const command = given.command ?? Bun.env["CI_HEALING_CONTAINER_VALIDATE_COMMAND"]
  const settings = {
    CI_HEALING_SAFE_MODE: "false",
    ...(command === undefined ? {} : { CI_HEALING_CONTAINER_VALIDATE_COMMAND: command }),
  }
  const { forge, natsUrl, apiUrl } = yield* startWithForge({ settings })
  const progress = yield* Effect.acquireRelease(
    Effect.sync(() => showProgress(note)),
    (open) => Effect.sync(open.close),
  )
  const following = yield* Effect.acquireRelease(
    Effect.promise(async () => followRuns(natsUrl, progress.take, { read: await readLedger(apiUrl), quietMs })),
    (open) => Effect.promise(() => open.close()),
  )
  return yield* Effect.tryPromise({
    try: async () => {
      await report(forge, local)
      const ended = await following.until("the run to end", ({ run }) => hasEnded(run.phase), withinMs)
      return conclude(ended, local, forge.repositoryPath(`local/${local.name}`), given.apply === true)
    },
    catch: (error) => error,
  })
})

const quiet = Layer.mergeAll(logging("heal"), Layer.succeed(References.MinimumLogLevel, "Error"))
const outcome = program.pipe(
  Effect.scoped,
  Effect.catch((error) => {
    note(error instanceof Error ? error.message : String(error))
    return Effect.succeed(error instanceof Unusable ? 2 : 1)
  }),
  Effect.provide(quiet),
)
const running = Effect.runFork(outcome)
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    note("\nstopping and tidying up; once more ends at once")
    running.interruptUnsafe()
  })
running.addObserver((exit) => {
  if (exit._tag === "Success") return process.exit(exit.value)
  if (Cause.hasInterruptsOnly(exit.cause)) return process.exit(130)
  note(String(Cause.squash(exit.cause)))
  return process.exit(1)
})
