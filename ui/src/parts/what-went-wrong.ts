import { ApiError } from "../api.ts"

const byStatus: Record<number, string> = {
  0: "The server cannot be reached. Is it running, and are you online?",
  401: "You are not signed in any more.",
  403: "The server did not accept this request from this page. Reload it and try again.",
  404: "It does not exist (any more).",
  429: "Too many tries. Wait a minute, then try again.",
  503: "The server cannot answer just now, most likely because its database is away.",
}

/** An error in words for who reads the page; what the server said of it comes along where it helps. */
export const whatWentWrong = (error: unknown): string => {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : "Something unexpected went wrong."
  return byStatus[error.status] ?? `The server says: ${error.message}.`
}
