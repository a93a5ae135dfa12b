/**
 * Finds the smallest part of the change since a green commit whose removal turns the failing command green, and proposes to undo it.
 * *Consumes* `validator.isolate-culprit`. *Emits* `fix-proposed` (a revert that keeps everything else) or `fix-declined` (no green ancestor,
 * or the cause is not in the change).
 * *Safe to repeat because* it only reads the repository, and every run has a view and a sandbox of its own.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { makePatch } from "@ci-fix-pilot/patch/make-patch"
import { printDiff } from "@ci-fix-pilot/patch/print"
import { Effect, Layer } from "effect"
import { Dependencies } from "./install/Dependencies.ts"
import { chooseGood, type Good } from "./prove/choose-good.ts"
import { countRuns } from "./prove/count-runs.ts"
import { minimiseRevert } from "./prove/minimise-revert.ts"
import { explainRevert } from "./prove/rank-pieces.ts"
import { upTo } from "./prove/run-commands.ts"
import { limitAfter, tryCommit } from "./prove/try-commit.ts"
import { retryLater } from "./retry-later.ts"
import { Tries } from "./Tries.ts"
import { ValidatorConfig } from "./ValidatorConfig.ts"

type Command = Actor.CommandOf<"validator.isolate-culprit">

const declined = (why: string) => ({ type: "fix-declined" as const, data: { why: why.slice(0, 2_000) } })

const unsteady = (passed: number, of: number) => ({
  type: "fix-declined" as const,
  data: {
    why: `The failing command passed ${passed} of ${of} times on the same commit: it does not fail every time.`,
    unsteady: { passed, of },
  },
})

/** Runs of the failing commit as it is, after the search: what fails only sometimes can look like anything's fault. */
const controls = 2

export const handle = Effect.fn("validator.isolate-culprit")(
  function* (command: Command) {
    const { target, failing, plan, maxRuns, lastGreenCommit } = command.data
    const settings = yield* ValidatorConfig
    const label = yield* (yield* Tries).begin(command.id)
    const runs = countRuns(maxRuns)
    const layers = yield* (yield* Dependencies).prepare({ label, source: target, commands: [...plan, failing.command] })
    const here = { source: target, label, limits: settings, layers }
    const commands = upTo(plan, failing.command)

    // What never ended is not run again to see that it does not end.
    const again = failing.timedOut ? Effect.succeed({ red: undefined }) : runs.counted(tryCommit(here, commands))
    const [now, good] = yield* Effect.all([again, chooseGood(here, commands, lastGreenCommit, runs)], { concurrency: 2 })
    if (now.red === undefined && !failing.timedOut) return unsteady(1, 2)

    const found = good === undefined ? noGreen : yield* searchFrom(good, { here, plan, failure: now.red?.digest.text ?? "", runs })
    const affordable = failing.timedOut ? 0 : Math.min(controls, runs.left())
    const tried = yield* Effect.forEach(Array.from({ length: affordable }), () => runs.counted(tryCommit(here, commands)), {
      concurrency: 2,
    })
    const passed = tried.filter(({ red }) => red === undefined).length
    if (passed > 0) return unsteady(passed, affordable + 2)
    if ("declined" in found) return declined(found.declined)
    const patch = yield* makePatch(printDiff(found.diff))
    const explanation = explainRevert({
      ...found,
      good: found.good.commit,
      failing: target.commitSha,
      command: failing.command.run,
      runs: runs.used(),
    })
    const { pieces, reverted, minimal } = found
    const culprit = { goodCommit: found.good.commit, hunks: pieces.length, reverted: reverted.length, sandboxRuns: runs.used() }
    const proposal = {
      strategy: "revert" as const,
      patch,
      explanation: explanation.slice(0, 4_000),
      confidence: minimal ? 0.9 : 0.6,
      culprit,
    }
    return { type: "fix-proposed" as const, data: { proposal } }
  },
  (work, command) =>
    work.pipe(
      Effect.catchTags({
        CommitUnusable: ({ message }) => Effect.succeed(declined(message)),
        InstallImpossible: ({ message }) => Effect.succeed(declined(message)),
        PatchTooLarge: ({ message }) => Effect.succeed(declined(`The part to undo is too large for a fix: ${message}.`)),
        PatchUnreadable: ({ message }) => Effect.succeed(declined(`The change cannot be read as a diff: ${message}.`)),
        RunsUsedUp: ({ message }) => Effect.succeed(declined(message)),
        SandboxUnavailable: retryLater(command.id),
        WorkspaceUnavailable: retryLater(command.id),
      }),
      Effect.annotateLogs({ commit: command.data.target.commitSha }),
      Effect.scoped,
    ),
)

const noGreen = { declined: "No green commit was found among the ancestors: there is nothing to go back to." }

type Search = Omit<Parameters<typeof minimiseRevert>[0], "good" | "commands">

const searchFrom = (good: Good, { here, ...search }: Search) =>
  Effect.map(minimiseRevert({ ...search, here: limitAfter(here, good.tookMs), good, commands: good.commands }), (found) => ({
    ...found,
    good,
  }))

export const layer = Layer.unwrap(
  ValidatorConfig.useSync(({ concurrency }) => Actor.make({ name: "validator.isolate-culprit", handle, concurrency })),
)
