/** What must be green, found out without running anything. */
import { isSameCommand } from "@ci-fix-pilot/contract/same-command"
import type { PlanCommand } from "@ci-fix-pilot/contract/values"

export interface Plan {
  /** In order; a later one may need what an earlier one left in the view. */
  readonly commands: ReadonlyArray<PlanCommand>
  /** What the project's own configuration does to install its dependencies; done beforehand, never in a try. */
  readonly installs: ReadonlyArray<PlanCommand>
  /** What was left out and why, for people. */
  readonly notes: ReadonlyArray<string>
}

/** A plan, or why there can be none. */
export type Planned = { readonly plan: Plan } | { readonly unsupported: string; readonly notes: ReadonlyArray<string> }

/** Commands in one plan; a workflow with more is not a test run. */
const mostCommands = 20
/** The contract's limits on a command's texts. */
export const longestRun = 8_000

const cut = (text: string, length: number): string => (text.length <= length ? text : text.slice(0, length))

/** The first meaningful line of a script: GitHub names a nameless step `Run <first line>`. */
export const firstLine = (run: string): string =>
  run
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "" && !line.startsWith("#")) ?? run.trim()

export const commandNamed = (name: string, rest: Omit<PlanCommand, "name">): PlanCommand => ({ name: cut(name, 300), ...rest })

/** A working directory relative to the repository's root; undefined when it leads out of it. */
export const directoryInside = (text: string): string | undefined => {
  const inside = text.trim().replace(/^\/workspace(?=\/|$)/u, ".")
  if (inside.startsWith("/") || inside.length > 500) return undefined
  const parts = inside.split("/").filter((part) => part !== "" && part !== ".")
  return parts.includes("..") ? undefined : parts.join("/") || "."
}

/** Without repetitions, at most `mostCommands`. */
export const distinct = (commands: ReadonlyArray<PlanCommand>): ReadonlyArray<PlanCommand> =>
  commands.filter((command, index) => commands.findIndex((other) => isSameCommand(command, other)) === index).slice(0, mostCommands)
