/** A real nats-server with JetStream in a temporary folder, that tests may kill, freeze, restart and rob of its store. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { findNatsServer } from "@ci-fix-pilot/machine/nats-server-binary"
import { ProcessFailed, type Running, startProcess, ToolMissing } from "@ci-fix-pilot/machine/process"

export interface NatsServerOptions {
  /** A configuration file; port, address and store are still ours. */
  readonly config?: string
  /** Environment for the variables that the configuration names. */
  readonly env?: Readonly<Record<string, string>>
}

export interface NatsServer {
  /** `nats://127.0.0.1:<port>`, the same after every restart. */
  readonly url: string
  readonly port: number
  readonly storeDir: string
  readonly pid: () => number
  readonly output: () => string
  /** SIGKILL; the store stays as the crash left it. */
  readonly kill: () => Promise<void>
  /** Starts it again after `kill`, on the same port and store. */
  readonly start: () => Promise<void>
  /** SIGSTOP and SIGCONT: connections stay open and nothing answers. */
  readonly freeze: () => void
  readonly thaw: () => void
  /** Kill -9, lose every stream, consumer and object, start again empty. */
  readonly wipe: () => Promise<void>
  /** Ends it and removes the store. */
  readonly stop: () => Promise<void>
}

const portsToTry = 5

/** Starts one on a free port. Throws ToolMissing or ProcessFailed. The caller stops it. */
export const startNatsServer = async (options: NatsServerOptions = {}): Promise<NatsServer> => {
  const binary = findNatsServer()
  if (binary === undefined) throw new ToolMissing({ tool: "nats-server 2.10 or newer", run: "npm test" })
  const storeDir = await mkdtemp(join(tmpdir(), "nats-"))
  const startOn = async (port: number) =>
    startProcess({
      command: binary.path,
      args: [...(await configured(options)), "-a", "127.0.0.1", "-p", `${port}`, "-sd", storeDir],
      ...(options.env === undefined ? {} : { env: options.env }),
      ready: /Server is ready/,
    })
  const first = await onFreePort(startOn).catch(async (error: unknown) => {
    await rm(storeDir, { recursive: true, force: true })
    throw error
  })
  const { port } = first
  let server = first.running
  const start = async () => {
    server = await startOn(port)
  }
  const kill = () => server.stop("SIGKILL")
  const removeStore = () => rm(storeDir, { recursive: true, force: true })
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    storeDir,
    pid: () => server.pid,
    output: () => server.output(),
    kill,
    start,
    freeze: () => server.signal("SIGSTOP"),
    thaw: () => server.signal("SIGCONT"),
    wipe: async () => {
      await kill()
      await removeStore()
      await start()
    },
    stop: async () => {
      server.signal("SIGCONT")
      await server.stop()
      await removeStore()
    },
  }
}

/** A configuration's monitoring port is one for all servers of a machine: give it a free one. */
const configured = async ({ config }: NatsServerOptions) => (config === undefined ? ["-js"] : ["-c", config, "-m", `${await freePort()}`])

/** Another program may take a free port before the server does: try the next one. */
const onFreePort = async (startOn: (port: number) => Promise<Running>, left = portsToTry): Promise<{ port: number; running: Running }> => {
  const port = await freePort()
  try {
    return { port, running: await startOn(port) }
  } catch (error) {
    if (left > 1 && error instanceof ProcessFailed && error.output.includes("address already in use")) return onFreePort(startOn, left - 1)
    throw error
  }
}
