import { createServer, type Server } from "node:net"
import { Effect, Schema } from "effect"

/** A port that this process was told to listen on cannot be had; `code` is the system's. */
class PortUnusable extends Schema.TaggedError<PortUnusable>()("PortUnusable", {
  variable: Schema.String,
  host: Schema.String,
  port: Schema.Int,
  code: Schema.String,
}) {
  override get message() {
    const what = `port ${this.port} of ${this.host}`
    if (this.code === "EADDRINUSE") return `${what} is taken: stop what listens there, or set ${this.variable} to another port`
    if (this.code === "EACCES") return `${what} is not ours to listen on: set ${this.variable} to one above 1023`
    return `nothing can listen on ${what} (${this.code}): look at ${this.variable} and at the address`
  }
}

/** Where something is to listen, and the variable that says so. Port 0 is any free one. */
export interface Wanted {
  readonly variable: string
  readonly host: string
  readonly port: number
}

const listen = ({ variable, host, port }: Wanted) =>
  Effect.callback<Server, PortUnusable>((resume) => {
    const server = createServer()
    server.once("error", (error) => {
      const code = "code" in error ? String(error.code) : error.message
      resume(Effect.fail(new PortUnusable({ variable, host, port, code })))
    })
    server.listen(port, host, () => resume(Effect.succeed(server)))
  })

const close = (server: Server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))

/** Makes sure that all of these can be listened on, each by another. Fails with PortUnusable, which names the variable. */
export const mustBeFree = (wanted: ReadonlyArray<Wanted>) =>
  Effect.scoped(Effect.forEach(wanted, (one) => Effect.acquireRelease(listen(one), close), { discard: true }))
