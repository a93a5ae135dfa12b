import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { decide } from "./decide.ts"
import type { Facts, Input } from "./input.ts"
import { type Policy, survivesStop } from "./policy.ts"
import { type Intent, react } from "./react.ts"
import { evolve, isStop, type Run } from "./run.ts"

/** What one input does to a run: the entries to append, the run after them, and the commands each entry causes (by its index). */
export interface Step {
  readonly run: Run | undefined
  readonly entries: ReadonlyArray<RunEvent>
  readonly commands: ReadonlyArray<{ readonly entry: number; readonly intent: Intent }>
}

/** The rules of a run. Tests put broken ones in their place to see that the invariants notice. */
export interface Rules {
  readonly decide: typeof decide
  readonly react: typeof react
}

/** Decide, evolve and react in one pure step. */
export const step = (
  runId: RunId,
  run: Run | undefined,
  input: Input,
  facts: Facts,
  policy: Policy,
  rules: Rules = { decide, react },
): Step => {
  const entries = rules.decide(run, input, facts, policy)
  let current = run
  const commands: Array<{ entry: number; intent: Intent }> = []
  for (const [entry, event] of entries.entries()) {
    current = evolve(current, event)
    for (const intent of rules.react(runId, current, event, policy)) commands.push({ entry, intent })
  }
  const over = current !== undefined && isOver(current)
  return { run: current, entries, commands: over ? commands.filter(({ intent }) => survivesStop.has(intent.type)) : commands }
}

/** Whether nothing but telling, remembering and cleaning up is left to do. A fixed run may still be merged. */
export const isOver = (run: Run): boolean => isStop(run.phase) && run.phase !== "fixed"
