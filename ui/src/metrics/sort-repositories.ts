import type { RepositoryTotals } from "@ci-fix-pilot/contract/metrics-view"

/** By what the table of repositories can be sorted, and what each compares; null: there is no figure. */
export const columns = {
  repository: ({ repository }: RepositoryTotals) => repository.toLowerCase(),
  runs: ({ total }: RepositoryTotals) => total,
  success: ({ fixRate }: RepositoryTotals) => fixRate,
  p50: ({ secondsToFix }: RepositoryTotals) => secondsToFix.p50,
  p95: ({ secondsToFix }: RepositoryTotals) => secondsToFix.p95,
  cost: ({ costUsd }: RepositoryTotals) => costUsd,
  last: ({ lastRunAt }: RepositoryTotals) => lastRunAt,
} as const
export type Column = keyof typeof columns

/** What each is called, in the order in which they are shown. */
export const columnWords: ReadonlyArray<{ readonly column: Column; readonly word: string }> = [
  { column: "repository", word: "Repository" },
  { column: "runs", word: "Runs" },
  { column: "success", word: "Success" },
  { column: "p50", word: "Half fixed in" },
  { column: "p95", word: "95 % in" },
  { column: "cost", word: "Cost" },
  { column: "last", word: "Last run" },
]

export interface Sorting {
  readonly by: Column
  readonly descending: boolean
}

/** An order in words. */
export const orderWords = ({ by, descending }: Sorting): string => {
  if (by === "repository") return descending ? "from Z to A" : "from A to Z"
  if (by === "last") return descending ? "newest first" : "oldest first"
  return descending ? "largest first" : "smallest first"
}

const isColumn = (text: string | null): text is Column => text !== null && Object.hasOwn(columns, text)

/** The order that an address asks for: `sort=cost` from large to small, `sort=-cost` the other way round; names the natural way. */
export const sortingOf = (query: URLSearchParams): Sorting => {
  const text = query.get("sort") ?? ""
  const by = text.replace(/^-/u, "")
  if (!isColumn(by)) return { by: "runs", descending: true }
  return { by, descending: text.startsWith("-") === (by === "repository") }
}

/** What a click on a column's head asks for, as the address says it: that column, or the other way round if it is the one already. */
export const clicked = (column: Column, { by, descending }: Sorting): string => {
  const natural = column !== "repository"
  return by === column && descending === natural ? `-${column}` : column
}

const compare = (a: number | string, b: number | string): number =>
  typeof a === "string" && typeof b === "string" ? a.localeCompare(b, "en") : Number(a) - Number(b)

/** Repositories in an order; those without the figure come last whichever way round, equals by name. */
export const sorted = (items: ReadonlyArray<RepositoryTotals>, { by, descending }: Sorting): ReadonlyArray<RepositoryTotals> =>
  items.toSorted((one, other) => {
    const [a, b] = [columns[by](one), columns[by](other)]
    if (a === null || b === null)
      return Number(a === null) - Number(b === null) || compare(columns.repository(one), columns.repository(other))
    return (descending ? compare(b, a) : compare(a, b)) || compare(columns.repository(one), columns.repository(other))
  })
