/** An HTTP server on 127.0.0.1 that answers as a script says: whole, in pieces, never, or with a broken connection. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"

/** A request as it arrived. Header names are lower case; `json` is undefined when the body is no JSON. */
export interface LoopbackRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly json: unknown
}

/** What goes over the wire. After the pieces the answer ends, or stays open without another byte, or the connection breaks. */
export interface LoopbackAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: ReadonlyArray<string>
  readonly ending?: "end" | "stall" | "reset"
}

/** An answer, or none: `stall` keeps the connection open in silence, `reset` breaks it before the first byte. */
export type LoopbackOutcome = LoopbackAnswer | "stall" | "reset"

export interface LoopbackServer {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string
  readonly requests: ReadonlyArray<LoopbackRequest>
  /** Resolves when so many requests have arrived in all. */
  readonly received: (count: number) => Promise<void>
  /** Clients that went away before their answer had ended. */
  readonly hangups: () => number
  /** Resolves when so many clients have gone away in all. */
  readonly hungUp: (count: number) => Promise<void>
  /** Ends it and breaks whatever is still open. */
  readonly stop: () => Promise<void>
}

/** A JSON answer. */
export const jsonAnswer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): LoopbackAnswer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  pieces: [JSON.stringify(body)],
})

/** Starts one on a free port. `answer` may wait as long as it likes: that is how a test holds a reply back. */
export const startLoopback = (answer: (request: LoopbackRequest) => Promise<LoopbackOutcome>): Promise<LoopbackServer> => {
  const requests: Array<LoopbackRequest> = []
  const arrivals = counter()
  const hangups = counter()
  const server = createServer((incoming, response) => {
    response.on("close", () => {
      if (!response.writableFinished) hangups.add()
    })
    readRequest(incoming)
      .then((request) => {
        requests.push(request)
        arrivals.add()
        return answer(request)
      })
      .then((outcome) => send(response, outcome))
      .catch((error: unknown) => send(response, { status: 500, headers: { "content-type": "text/plain" }, pieces: [String(error)] }))
  })
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const url = `http://127.0.0.1:${port}`
      resolve({ url, requests, received: arrivals.reached, hangups: hangups.count, hungUp: hangups.reached, stop })
    })
  })
}

const readRequest = async (incoming: IncomingMessage): Promise<LoopbackRequest> => {
  const chunks: Array<Uint8Array> = []
  for await (const chunk of incoming) chunks.push(chunk)
  const body = Buffer.concat(chunks).toString("utf8")
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
  return { method: incoming.method ?? "", path: incoming.url ?? "/", headers, body, json: parsed(body) }
}

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const send = (response: ServerResponse, outcome: LoopbackOutcome) => {
  if (response.destroyed || outcome === "stall") return
  if (outcome === "reset") return void response.socket?.destroy()
  response.writeHead(outcome.status, outcome.headers)
  for (const piece of outcome.pieces.slice(0, -1)) response.write(piece)
  const last = outcome.pieces.at(-1) ?? ""
  if (outcome.ending === "reset") response.write(last, () => response.socket?.destroy())
  else if (outcome.ending === "stall") response.write(last)
  else response.end(last)
}

/** Counts, and wakes the callers that wait for a count. */
const counter = () => {
  let count = 0
  const waiting = new Set<{ readonly at: number; readonly wake: () => void }>()
  return {
    count: () => count,
    add: () => {
      count += 1
      for (const waiter of waiting)
        if (count >= waiter.at) {
          waiting.delete(waiter)
          waiter.wake()
        }
    },
    reached: (at: number) => (count >= at ? Promise.resolve() : new Promise<void>((wake) => waiting.add({ at, wake }))),
  }
}
