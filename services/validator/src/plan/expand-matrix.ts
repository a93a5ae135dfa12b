/** The combinations of a job's matrix (https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations). */
import type { Value } from "./expression.ts"

export type Combination = Readonly<Record<string, Value>>

/** Far more than anyone's matrix; GitHub allows 256. */
const mostCombinations = 256

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value)

const isValue = (value: unknown): value is Value => value === null || ["string", "number", "boolean"].includes(typeof value)

/** Nested values are named by their path, as expressions name them: `matrix.os.name`. */
const flatten = (key: string, value: unknown): ReadonlyArray<readonly [string, Value]> => {
  if (isValue(value)) return [[key, value]]
  if (isRecord(value)) return Object.entries(value).flatMap(([inner, nested]) => flatten(`${key}.${inner}`, nested))
  return []
}

const combinationOf = (entry: unknown): Combination =>
  isRecord(entry) ? Object.fromEntries(Object.entries(entry).flatMap(([key, value]) => flatten(key, value))) : {}

const agrees = (combination: Combination, other: Combination): boolean =>
  Object.entries(other).every(([key, value]) => combination[key] === value)

const product = (axes: ReadonlyArray<readonly [string, ReadonlyArray<unknown>]>): ReadonlyArray<Combination> =>
  axes.reduce<ReadonlyArray<Combination>>(
    (combinations, [key, values]) =>
      combinations
        .flatMap((combination) => values.map((value) => ({ ...combination, ...Object.fromEntries(flatten(key, value)) })))
        .slice(0, mostCombinations),
    [{}],
  )

/** Undefined when the matrix is computed by an expression. A job without one has one empty combination. */
export const expandMatrix = (matrix: unknown): ReadonlyArray<Combination> | undefined => {
  if (matrix === undefined || matrix === null) return [{}]
  if (!isRecord(matrix)) return undefined
  const { include = [], exclude = [], ...rest } = matrix
  if (!Array.isArray(include) || !Array.isArray(exclude)) return undefined
  const axes: Array<readonly [string, ReadonlyArray<unknown>]> = []
  for (const [key, values] of Object.entries(rest)) {
    if (!Array.isArray(values)) return undefined
    axes.push([key, values])
  }
  const excluded = exclude.map(combinationOf)
  const kept = (axes.length === 0 ? [] : product(axes)).filter((combination) => !excluded.some((other) => agrees(combination, other)))
  const combinations: Array<{ original: Combination; full: Combination }> = kept.map((combination) => ({
    original: combination,
    full: combination,
  }))
  for (const entry of include.map(combinationOf).slice(0, mostCombinations)) {
    const fitting = combinations.filter(({ original }) =>
      Object.entries(entry).every(([key, value]) => !(key in original) || original[key] === value),
    )
    const added = axes.length === 0 || fitting.length === 0
    if (added) combinations.push({ original: entry, full: entry })
    else for (const one of fitting) one.full = { ...one.full, ...entry }
  }
  return combinations.length === 0 ? [{}] : combinations.map(({ full }) => full)
}
