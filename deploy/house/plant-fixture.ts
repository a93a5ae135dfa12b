import type { House, SourceFile } from "./source-file.ts"

/** What breaks a rule of the house, and what looks alike and keeps it. */
export interface Plant {
  /** Each entry breaks the rule once: a file, or several that break it together. */
  readonly broken: ReadonlyArray<SourceFile | House>
  readonly kept: ReadonlyArray<SourceFile | House>
}

export const file = (path: string, ...lines: ReadonlyArray<string>): SourceFile => ({ path, text: `${lines.join("\n")}\n` })
export const manifest = (path: string, dependencies: object, devDependencies: object = {}) =>
  file(path, JSON.stringify({ dependencies, devDependencies }))

export const inAi = "services/ai/src/diagnose.ts"
export const inPlanner = "services/planner/src/dispatch.ts"
