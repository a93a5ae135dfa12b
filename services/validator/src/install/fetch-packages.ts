/**
 * Fetches a project's packages, in the first way that works. Where one cannot be had that the project needs only to work on itself, the
 * others are fetched without it, and the result names it: whether the tests need it, they will say themselves.
 */
import { Effect, Result } from "effect"
import { type SandboxResult, type SandboxUnavailable, succeeded } from "../sandbox/Sandbox.ts"
import { blamedIn } from "./blamed-packages.ts"
import { leftByGo } from "./go-modules.ts"
import type { Way } from "./install-commands.ts"
import { end, InstallFailed, refusal } from "./install-failed.ts"
import { askerOf, describeSpare, isElsewhere, isRepository, type Spare, sparesIn, type Texts, withoutSpares } from "./spare-packages.ts"

export interface FetchRequest {
  /** In the order in which they are tried. */
  readonly ways: ReadonlyArray<Way>
  /** Manifests as they are. */
  readonly texts: Texts
  /** Whether the tests may do without any line of a requirements file. */
  readonly allSpare: boolean
  /** Runs a way over these manifests, where the registry can be reached. */
  readonly run: (way: Way, texts: Texts) => Effect.Effect<SandboxResult, SandboxUnavailable>
  /** Why the registry gave no answer. */
  readonly unreachable: () => string | undefined
}

export interface Fetched {
  readonly by: string
  /** What was refused, for people. */
  readonly notes: ReadonlyArray<string>
  /** What the manifests ask for and could not be had, each with why. */
  readonly notInstalled: ReadonlyArray<string>
}

interface LeftOut {
  readonly spare: Spare
  readonly why: string
}

const noteEnd = 400
/** Each takes an installation. */
const mostRounds = 8
const notAll = "not all of them can be had"
const triesElsewhere = /\bgit\b|https?:|EAI_AGAIN|ENOTFOUND|ECONNREFUSED/u

export const fetchPackages = Effect.fn("fetch-packages")(function* (request: FetchRequest) {
  const notes: Array<string> = []
  const left: Array<LeftOut> = []
  const without = (more: ReadonlyArray<Spare>) => withoutSpares(request.texts, [...left.map(({ spare }) => spare), ...more])
  const spares = () => sparesIn(without([]), request.allSpare)

  for (let round = 0; ; round += 1) {
    const fetched = yield* Effect.result(tryWays(request, without([]), left.length > 0, notes))
    if (Result.isSuccess(fetched)) {
      const { by, lacking } = fetched.success
      const notInstalled = [...left.map(({ spare, why }) => `${describeSpare(spare)}: ${why}`), ...lacking]
      return { by, notes, notInstalled } satisfies Fetched
    }
    const failure = fetched.failure
    if (failure._tag !== "InstallFailed" || failure.kind !== "refused") return yield* failure
    const blamed = round < mostRounds ? yield* toLeaveOut(failure, spares(), (more) => works(request, without(more))) : []
    if (blamed.length === 0) return yield* explained(failure, request.texts)
    left.push(...blamed)
  }
})

const unreachableBecause = (why: string, output: string) =>
  new InstallFailed({ kind: "registry-unreachable", reason: `The registry cannot be reached: ${why}.`, output })

/** The name of the way that worked, and what it did without. */
const tryWays = Effect.fnUntraced(function* (request: FetchRequest, texts: Texts, changed: boolean, notes: Array<string>) {
  let failure: InstallFailed | undefined
  for (const way of request.ways) {
    if (changed && way.frozen === true) continue
    if (failure !== undefined && way.after?.test(failure.output) === false) continue
    const result = yield* request.run(way, texts)
    const lacking = leftByGo(result.output.text).map((directory) => `the Go modules that ${directory}/go.mod asks for: ${notAll}`)
    if (succeeded(result) && lacking.length === 0) return { by: way.name, lacking }
    const unreachable = request.unreachable()
    failure = refusal(result, way.name)
    if (unreachable !== undefined) return yield* unreachableBecause(unreachable, failure.output)
    if (succeeded(result)) return { by: way.name, lacking }
    if (failure.kind === "limit") return yield* failure
    notes.push(`${way.name} refused: ${end(failure.output, noteEnd)}`)
  }
  return yield* failure ?? new InstallFailed({ kind: "refused", reason: "There is no way to install.", output: "" })
})

const works = (request: FetchRequest, texts: Texts) =>
  tryWays(request, texts, true, []).pipe(
    Effect.as(true),
    Effect.catchTag("InstallFailed", (failure) => (failure.kind === "refused" ? Effect.succeed(false) : Effect.fail(failure))),
  )

/** What to try without next; nothing when the failure is no matter of a package, or of one that everybody needs. */
const toLeaveOut = Effect.fnUntraced(function* <E, R>(
  { output }: InstallFailed,
  spares: ReadonlyArray<Spare>,
  worksWithout: (more: ReadonlyArray<Spare>) => Effect.Effect<boolean, E, R>,
) {
  const blamed = blamedIn(output)
  const named = spares.flatMap((spare) => {
    const why = blamed.get(spare.name)
    return why === undefined ? [] : [{ spare, why }]
  })
  const others = spares.filter(({ name }) => !blamed.has(name))
  const notTheRegistrys = (found: ReadonlyArray<Spare>) => found.map((spare) => ({ spare, why: "it does not come from the registry" }))
  if (named.length > 0) return [...named, ...notTheRegistrys(others.filter(isRepository))]
  const elsewhere = triesElsewhere.test(output) ? notTheRegistrys(spares.filter(isElsewhere)) : []
  if (elsewhere.length > 0) return elsewhere
  const [absent] = blamed
  if (absent === undefined || spares.length === 0 || !(yield* worksWithout(spares))) return []
  const [name, why] = absent
  const askers = yield* asksFor(spares, worksWithout)
  return askers.map((spare) => ({ spare, why: `it needs ${name}, and ${why}` }))
})

/** Which of them it is that cannot be had, when all together cannot and none of them can: halving, as each look is an installation. */
const asksFor = Effect.fnUntraced(function* <E, R>(
  spares: ReadonlyArray<Spare>,
  worksWithout: (more: ReadonlyArray<Spare>) => Effect.Effect<boolean, E, R>,
) {
  let goes = 0
  let fails = spares
  while (fails.length - goes > 1) {
    const middle = Math.ceil((goes + fails.length) / 2)
    if (yield* worksWithout(spares.slice(middle))) goes = middle
    else fails = spares.slice(0, middle)
  }
  return fails.slice(-1)
})

/** Says who asks for the package that cannot be had. */
const explained = (failure: InstallFailed, texts: Texts): InstallFailed => {
  const said = [...blamedIn(failure.output)].map(([name, why]) => {
    const asker = askerOf(texts, name)
    return `${name} (${asker ?? "asked for by another package"}): ${why}`
  })
  return said.length === 0 ? failure : new InstallFailed({ ...failure, reason: `${failure.reason} ${said.join("; ")}.` })
}
