/**
 * Runs the failing commit in the sandbox until its failure is seen again, and says which command is red.
 * *Consumes* `validator.reproduce`. *Emits* `reproduced`, `not-reproduced` (green every time: flaky), `not-reproducible` (nothing can be
 * said here: no plan, no dependencies, the wrong surroundings).
 * *Safe to repeat because* it only reads the repository, and every try has a view and a sandbox of its own.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Objects } from "@ci-fix-pilot/actor/Objects"
import type { LogDigest, Reproduction } from "@ci-fix-pilot/contract/values"
import { signatureOf } from "@ci-fix-pilot/failure/signature"
import { Effect, Layer } from "effect"
import { Dependencies } from "./install/Dependencies.ts"
import { planCommands } from "./plan/plan-commands.ts"
import { readProject } from "./plan/read-project.ts"
import { environmentTrouble } from "./prove/environment-trouble.ts"
import { tryNoticingEndless } from "./prove/notice-endless.ts"
import { type Ran, tailOf } from "./prove/run-commands.ts"
import { settleRed } from "./prove/settle-red.ts"
import { type Tried, type Try, tryCommit } from "./prove/try-commit.ts"
import { retryLater } from "./retry-later.ts"
import { missingIn, sandboxFacts } from "./sandbox/sandbox-facts.ts"
import { Tries } from "./Tries.ts"
import { ValidatorConfig } from "./ValidatorConfig.ts"

type Command = Actor.CommandOf<"validator.reproduce">

const notReproducible = (why: string, evidence = "") => ({
  type: "not-reproducible" as const,
  data: { why: why.slice(0, 2_000), ...(evidence === "" ? {} : { evidence: tailOf(evidence, 4_000) }) },
})

export const handle = Effect.fn("validator.reproduce")(
  function* (command: Command) {
    const { target, failedJobs, workflow, tries } = command.data
    const settings = yield* ValidatorConfig
    const label = yield* (yield* Tries).begin(command.id)

    const project = yield* readProject(target)
    const planned = planCommands({
      ...(settings.override === undefined ? {} : { override: settings.override }),
      ...(project.config === undefined ? {} : { config: project.config }),
      ...(workflow === undefined ? {} : { workflow }),
      failedJobs,
      project,
    })
    if ("unsupported" in planned) return notReproducible(planned.unsupported, planned.notes.join("\n"))
    const { commands: plan, installs, notes } = planned.plan
    yield* Effect.logInfo("planned", { commands: plan.map(({ name }) => name), notes })

    const layers = yield* (yield* Dependencies).prepare({ label, source: target, commands: plan })
    const oneTry: Try = { source: target, label, limits: settings, layers }
    const reds = yield* firstReds(oneTry, plan, tries)
    const missing = missingIn(layers)
    if (reds === undefined && missing.length > 0) return notReproducible(greenWithout, missing.join("\n"))
    if (reds === undefined) return { type: "not-reproduced" as const, data: { plan, passed: Math.max(1, tries), of: Math.max(1, tries) } }

    const settled = reds.length > 1 ? yield* settleRed(oneTry, plan, reds) : { failing: reds[0], plan, setAside: [] }
    const red = settled.failing
    const trouble = environmentTrouble(red, project, missing)
    if (trouble !== undefined) {
      const hints = [
        ...missing.map((one) => `Not installed: ${one}.`),
        ...installs.map(({ run }) => `The project's CI runs \`${run.slice(0, 200)}\` first.`),
        ...notes,
      ]
      return notReproducible(`${trouble} (${red.result.command.name})`, [...hints, red.digest.text].join("\n"))
    }
    const reproduction: Reproduction = {
      plan: settled.plan,
      ...(settled.setAside.length === 0 ? {} : { setAside: settled.setAside }),
      failing: red.result,
      signature: signatureOf(red.digest),
      digest: yield* withObject(command, red),
      sandbox: yield* sandboxFacts(layers),
    }
    return { type: "reproduced" as const, data: { reproduction } }
  },
  (work, command) =>
    work.pipe(
      Effect.catchTags({
        CommitUnusable: (error) => Effect.succeed(notReproducible(error.message)),
        InstallImpossible: ({ reason, evidence }) => Effect.succeed(notReproducible(reason, evidence)),
        SandboxUnavailable: retryLater(command.id),
        WorkspaceUnavailable: retryLater(command.id),
      }),
      Effect.annotateLogs({ commit: command.data.target.commitSha }),
      Effect.scoped,
    ),
)

/** CI installs before it tests: what cannot be installed here may be all that is wrong there. */
const greenWithout =
  "The commands are green here, but not everything that the manifests ask for can be installed, and that may be what failed."

type Reds = readonly [Ran, ...ReadonlyArray<Ran>]

const redsOf = ({ ran }: Tried): Reds | undefined => {
  const [first, ...others] = ran.filter(({ green }) => !green)
  return first === undefined ? undefined : [first, ...others]
}

/**
 * The first try alone, as it is usually red at once; then two at a time. Undefined when all are green. Of a plan that nobody wrote for
 * this sandbox every command is run: the first red one may always have been red here.
 */
const firstReds = (oneTry: Try, plan: Reproduction["plan"], tries: number) =>
  Effect.gen(function* () {
    const howFar = plan.some(({ source }) => source === "config" || source === "override") ? "first-red" : "all"
    const one = () => Effect.map(tryCommit(oneTry, plan, [], howFar), redsOf)
    let [reds, done] = [redsOf(yield* tryNoticingEndless(oneTry, plan, howFar)), 1]
    while (reds === undefined && done < tries) {
      const some = Array.from({ length: Math.min(2, tries - done) })
      const tried = yield* Effect.forEach(some, one, { concurrency: 2 })
      reds = tried.find((found) => found !== undefined)
      done += some.length
    }
    return reds
  })

/** The whole redacted log goes to the object store, if that will have it. */
const withObject = Effect.fnUntraced(function* (command: Command, { digest, log }: Ran) {
  const objects = yield* Objects
  const object = yield* objects.put(`logs/${command.runId}/${command.id.replaceAll(/[^\w.-]/gu, "_")}`, new TextEncoder().encode(log))
  const stored: LogDigest = object === undefined ? digest : { ...digest, object }
  return stored
})

export const layer = Layer.unwrap(
  ValidatorConfig.useSync(({ concurrency }) => Actor.make({ name: "validator.reproduce", handle, concurrency })),
)
