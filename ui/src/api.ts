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

const refusal = async (response: Response): Promise<ApiError> => {
  const body: typeof ErrorBody.Type | undefined = await response.json().catch(() => undefined)
  const error = body?.error
  return new ApiError(response.status, error?.code ?? "failed", error?.message ?? `the server answered ${response.status}`, error?.current)
}

/** Asks the api; `csrf` goes along with whatever changes something. `onSignedOut`: it does not know the session any more. Fails with ApiError. */
export const makeApi = (csrf: () => string | null, onSignedOut: () => void) => {
  const send = async (path: string, { method = "GET", body, headers, signal }: Ask = {}): Promise<Response> => {
    const token = method === "GET" ? null : csrf()
    const response = await fetch(path, {
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
    if (response.status === 401) onSignedOut()
    if (!response.ok) throw await refusal(response)
    return response
  }
  return {
    send,
    /** The JSON of an answer. Its shape is the contract's: the api checks what it sends. */
    ask: async <A>(path: string, options?: Ask): Promise<A> => (await send(path, options)).json(),
  }
}
export type Api = ReturnType<typeof makeApi>
