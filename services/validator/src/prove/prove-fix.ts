/**
 * Red before, green after: the failing command without the patch, then with it, then the whole plan with it; each in a view of its own.
 * Whatever the surroundings did is never held against the patch.
 */
import { isSameCommand } from "@ci-fix-pilot/contract/same-command"
import type { CommandResult, Finding, PlanCommand, Strategy } from "@ci-fix-pilot/contract/values"
import { isCheckConfig, isSnapshot, isTestFile } from "@ci-fix-pilot/patch/path-rules"
import type { PatchRefused } from "@ci-fix-pilot/patch/refuse-unsafe"
import { Effect } from "effect"
import type { FileChange } from "../workspace/Workspace.ts"
import { type Ran, upTo } from "./run-commands.ts"
import { limitAfter, type Tried, type Try, timeOf, tryCommit } from "./try-commit.ts"

export interface Attempt {
  readonly here: Try
  readonly plan: ReadonlyArray<PlanCommand>
  /** What the failing command did when the failure was reproduced. */
  readonly before: CommandResult
  readonly changes: ReadonlyArray<FileChange>
  readonly strategy: Strategy
  /** What the policy finds in the patch, knowing what the failure says. */
  readonly judge: (failure: string) => Effect.Effect<ReadonlyArray<Finding>, PatchRefused>
}

export type Verdict =
  | { readonly rejected: string; readonly log: string }
  | { readonly unavailable: string }
  | { readonly treeSha: string; readonly before: Ran; readonly after: ReadonlyArray<Ran>; readonly findings: ReadonlyArray<Finding> }

/** Ends that say as much about the sandbox as about the patch, unless they come twice. */
const isDoubtful = (red: Ran): boolean => red.ended !== "exited" || red.result.exitCode === 127

const endWords = {
  exited: "",
  deadline: "ran into its time limit",
  memory: "ran out of memory",
  disk: "filled the disk",
  output: "printed without end",
}
const describe = (red: Ran): string => {
  const what = red.ended === "exited" ? `ended with ${red.result.exitCode}` : endWords[red.ended]
  return `\`${red.result.command.name}\` ${what}`
}

/** Tries again when the end is doubtful: only what happens twice counts. */
const tryTwice = Effect.fnUntraced(function* (here: Try, commands: ReadonlyArray<PlanCommand>, changes: ReadonlyArray<FileChange>) {
  const first = yield* tryCommit(here, commands, changes)
  if (first.red === undefined || !isDoubtful(first.red)) return { tried: first, sure: true }
  const second = yield* tryCommit(here, commands, changes)
  return { tried: second, sure: second.red !== undefined && second.red.ended === first.red.ended }
})

/** Without the patch: the failing command must be red, and those before it green. Where it never ended before, that is what is expected. */
const redBefore = Effect.fnUntraced(function* ({ plan, before }: Attempt, here: Try) {
  const commands = upTo(plan, before.command)
  const { tried, sure } = before.timedOut ? { tried: yield* tryCommit(here, commands), sure: true } : yield* tryTwice(here, commands, [])
  const { red } = tried
  if (red === undefined)
    return { rejected: "It cannot be shown red: the failing command is green without the patch.", log: tried.ran.at(-1)?.log ?? "" }
  if (!isSameCommand(red.result.command, before.command))
    return { unavailable: `Before the patch, another command is red than the one that failed: ${describe(red)}.` }
  if (!sure || red.result.exitCode === 127) return { unavailable: `Before the patch, the failing command could not run: ${describe(red)}.` }
  return red
})

const whyRed = (when: string, { red }: Tried, sure: boolean): Verdict | undefined => {
  if (red === undefined) return undefined
  if (!sure) return { unavailable: `${when}, ${describe(red)}, but not every time.` }
  return { rejected: `${when}, ${describe(red)}.`, log: red.log }
}

/** Whether a file decides how the project is tested; a special case in other code is for a person to judge. */
const decidesTests = (file: string): boolean =>
  isTestFile(file) || isSnapshot(file) || isCheckConfig(file) || /(?:^|\/)package\.json$/u.test(file)

/** Files in which the patch weakens how it is tested, and its changes to all others. */
const withoutWeakening = (changes: ReadonlyArray<FileChange>, findings: ReadonlyArray<Finding>) => {
  const weakened = new Set(findings.filter(({ rule, file }) => rule === "weakened-test" && decidesTests(file)).map(({ file }) => file))
  return { weakened: [...weakened], kept: changes.filter(({ path }) => !weakened.has(path)) }
}

type Honest = { readonly rejected: string; readonly log: string } | { readonly findings: ReadonlyArray<Finding> }

/**
 * With the commit's own tests and runner configuration: a fix that is green only with its own is no fix, unless it undoes a change (the
 * tests then are what they were when all was green, and a person must agree).
 */
const honestlyGreen = Effect.fnUntraced(function* (
  { here, plan, before, changes, strategy }: Attempt,
  findings: ReadonlyArray<Finding>,
): Effect.fn.Return<Honest, Effect.Error<ReturnType<typeof tryTwice>>, Effect.Services<ReturnType<typeof tryTwice>>> {
  const { weakened, kept } = withoutWeakening(changes, findings)
  if (weakened.length === 0) return { findings }
  const { tried } = kept.length === 0 ? { tried: undefined } : yield* tryTwice(here, upTo(plan, before.command), kept)
  if (tried !== undefined && tried.red === undefined) return { findings }
  const files = weakened.join(", ")
  if (strategy !== "revert")
    return {
      rejected: `It is green only because it changes how it is tested: with the commit's own ${files} it stays red.`,
      log: tried?.red?.log ?? "",
    }
  const detail = "with the failing commit's own version of this file the failing command stays red"
  return {
    findings: findings.map((finding) =>
      weakened.includes(finding.file) && finding.rule === "weakened-test"
        ? { ...finding, detail: `${finding.detail}; ${detail}`.slice(0, 500) }
        : finding,
    ),
  }
})

export const proveFix = Effect.fn("validator.prove-fix")(function* (
  attempt: Attempt,
): Effect.fn.Return<Verdict, Effect.Error<ReturnType<typeof tryTwice>> | PatchRefused, Effect.Services<ReturnType<typeof tryTwice>>> {
  const { here, plan, changes } = attempt
  const failing = attempt.before.command
  const commands = upTo(plan, failing)
  const healed = Effect.map(tryTwice(here, commands, changes), ({ tried, sure }) => ({
    tried,
    wrong: whyRed("With the patch", tried, sure),
  }))

  // A command that never ends is not waited for in full: a multiple of what it takes with the patch says enough.
  const early = attempt.before.timedOut ? yield* healed : undefined
  if (early?.wrong !== undefined) return early.wrong
  const before = yield* redBefore(attempt, early === undefined ? here : limitAfter(here, timeOf(early.tried)))
  if (!("result" in before)) return before
  const findings = yield* attempt.judge(before.digest.text)

  const { wrong } = early ?? (yield* healed)
  if (wrong !== undefined) return wrong

  const whole = plan.some((command) => isSameCommand(command, failing)) ? plan : [...plan, failing]
  const all = yield* tryTwice(here, whole, changes)
  const again = all.tried.red !== undefined && isSameCommand(all.tried.red.result.command, failing)
  const when = again ? "With the patch it was green once and then red again" : "With the patch, in the whole plan"
  const allWrong = whyRed(when, all.tried, all.sure)
  if (allWrong !== undefined) return allWrong

  const honest = yield* honestlyGreen(attempt, findings)
  if ("rejected" in honest) return honest
  return { treeSha: all.tried.treeSha, before, after: all.tried.ran, findings: honest.findings }
})
