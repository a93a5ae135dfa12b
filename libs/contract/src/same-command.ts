import type { PlanCommand } from "./values.ts"

const sorted = (env: PlanCommand["env"] = {}): string => JSON.stringify(Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/**
 * Whether two commands do the same: the same lines, in the same place, with the same environment and shell. What they are called, and who
 * said so, is not asked: two steps of a workflow that are both `npm test` differ by what they set, and by nothing else.
 */
export const isSameCommand = (one: PlanCommand, other: PlanCommand): boolean =>
  one.run === other.run &&
  one.cwd === other.cwd &&
  (one.shell ?? "bash") === (other.shell ?? "bash") &&
  sorted(one.env) === sorted(other.env)
