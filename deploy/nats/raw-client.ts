/** The NATS protocol by hand: what the server says to a user who oversteps, without a client library's opinion. */
import { connect } from "node:net"

export interface RawClient {
  /** Sends one protocol line and returns what the server objects to, or undefined when it does not. */
  readonly tell: (line: string) => Promise<string | undefined>
  readonly close: () => void
}

/** Logs in; rejects when the server does not let the user in. */
export const rawClient = async (port: number, user: string, pass: string): Promise<RawClient> => {
  const socket = connect(port, "127.0.0.1")
  let heard = ""
  let wake: () => void = () => undefined
  socket.on("data", (data) => {
    heard += data.toString()
    wake()
  })
  socket.on("close", () => {
    heard += "PONG\r\n"
    wake()
  })
  const untilPong = async (): Promise<string> => {
    while (!heard.includes("PONG\r\n"))
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    const said = heard
    heard = ""
    return said
  }
  const tell = async (line: string) => {
    socket.write(`${line}\r\nPING\r\n`)
    return /-ERR '([^']*)'/.exec(await untilPong())?.[1]
  }
  const refused = await tell(`CONNECT ${JSON.stringify({ user, pass, verbose: false, pedantic: false })}`)
  if (refused !== undefined) throw new Error(refused)
  return { tell, close: () => socket.destroy() }
}
