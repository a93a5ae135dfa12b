import type { ErrorBody } from "@ci-fix-pilot/contract/http"

/** An answer of the api that is no success. `status` 0: there was no answer at all. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  /** The state that a conflicting action met. */
  readonly current: unknown

  constructor(status: number, code: string, message: string, current?: unknown) {
    super(message)
    this.name = "ApiError"
    this.status = status
    this.code = code
    this.current = current
  }
}

export interface Ask {
  readonly method?: "GET" | "POST" | "DELETE"
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** What a server says that refuses: the api's own words, or the status where something before it answers. */
export const readRefusal = async (response: Response): Promise<ApiError> => {
  const body: typeof ErrorBody.Type | undefined = await response.json().catch(() => undefined)
  const error = body?.error
  return new ApiError(response.status, error?.code ?? "failed", error?.message ?? `error ${response.status}`, error?.current)
}

export interface ApiOptions {
  /** What goes along with whatever changes something: it proves that this page sends it. */
  readonly csrf: () => string | null
  /** Asks anew who is signed in; whether it is the same person, in another session. */
  readonly renew: () => Promise<boolean>
  /** The api does not know the session any more. */
  readonly onSignedOut: () => void
}

/** Asks the api. Fails with ApiError. */
export const makeApi = ({ csrf, renew, onSignedOut }: ApiOptions) => {
  const once = (path: string, token: string | null, { method = "GET", body, headers, signal }: Ask) =>
    fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === null ? {} : { "x-csrf-token": token }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((cause: unknown) => {
      if (signal?.aborted) throw cause
      throw new ApiError(0, "offline", "the server cannot be reached")
    })
  const send = async (path: string, asked: Ask = {}): Promise<Response> => {
    const changes = (asked.method ?? "GET") !== "GET"
    let session = csrf()
    let response = await once(path, changes ? session : null, asked)
    // He may have signed in again in another tab: the cookie is that session's by now, the proof was the old one's.
    if (changes && response.status === 403 && (await renew().catch(() => false))) {
      session = csrf()
      response = await once(path, session, asked)
    }
    // Who has signed in meanwhile is not meant.
    if (response.status === 401 && csrf() === session) onSignedOut()
    if (!response.ok) throw await readRefusal(response)
    return response
  }
  return {
    send,
    /** The JSON of an answer. Its shape is the contract's: the api checks what it sends. */
    ask: async <A>(path: string, options?: Ask): Promise<A> => (await send(path, options)).json(),
  }
}
export type Api = ReturnType<typeof makeApi>
