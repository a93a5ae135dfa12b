import type { Status } from "@ci-fix-pilot/contract/run-view"

export type StatusFilter = Status | "waiting"
/** What the list shows, as its address says it. Empty: whatever it is. */
export interface Filter {
  readonly status: StatusFilter | ""
  readonly repository: string
  readonly text: string
  readonly page: number
}

/** The states to choose from, in the reader's order: what wants him first. */
export const statusFilters: ReadonlyArray<readonly [StatusFilter | "", string]> = [
  ["", "All runs"],
  ["waiting", "Needs approval"],
  ["queued", "Queued"],
  ["running", "Running"],
  ["fixed", "Fixed"],
  ["resolved", "Resolved"],
  ["escalated", "Escalated"],
  ["flaky", "Flaky"],
  ["skipped", "Skipped"],
  ["aborted", "Aborted"],
]

const longest = 200
const textOf = (query: URLSearchParams, name: string) => (query.get(name) ?? "").slice(0, longest)

/** The filter that an address asks for; what makes no sense is left out. */
export const filterOf = (query: URLSearchParams): Filter => {
  const page = Number(query.get("page") ?? 1)
  return {
    status: statusFilters.find(([status]) => status === query.get("status"))?.[0] ?? "",
    repository: textOf(query, "repository"),
    text: textOf(query, "text"),
    page: Number.isInteger(page) && page >= 1 && page <= 1_000_000 ? page : 1,
  }
}

const encode = (pairs: ReadonlyArray<readonly [string, string]>): string =>
  `${new URLSearchParams(pairs.filter(([, value]) => value !== "").map(([name, value]) => [name, value]))}`

/** The address of a filter: the shortest that means it. */
export const hrefOf = ({ status, repository, text, page }: Filter): string => {
  const query = encode([
    ["status", status],
    ["repository", repository],
    ["text", text],
    ["page", page > 1 ? `${page}` : ""],
  ])
  return query === "" ? "/" : `/?${query}`
}

/** Where the api answers a filter. */
export const apiPathOf = ({ status, repository, text, page }: Filter, pageSize: number): string =>
  `/v1/ci-healing/runs?${encode([
    ["page", `${page}`],
    ["pageSize", `${pageSize}`],
    ["status", status === "waiting" ? "" : status],
    ["phase", status === "waiting" ? "awaiting-approval" : ""],
    ["repository", repository],
    ["text", text],
  ])}`

export const isFiltered = ({ status, repository, text }: Filter): boolean => status !== "" || repository !== "" || text !== ""
