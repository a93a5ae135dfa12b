/** The spans that the page offers, in days. */
export const windows = [7, 30, 90] as const
export type Window = (typeof windows)[number]

/** The span that an address asks for; 30 days unless it says one of the others. */
export const windowOf = (query: URLSearchParams): Window => windows.find((days) => String(days) === query.get("days")) ?? 30
