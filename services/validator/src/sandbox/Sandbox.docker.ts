/**
 * The sandbox as one container per run. The daemon keeps the limits; this layer keeps the deadline, the output and the disk, and removes
 * the container when the run ends, however it ends.
 */
import { stat } from "node:fs/promises"
import { join } from "node:path"
import Docker, { type ContainerCreateOptions } from "dockerode"
import { Deferred, Effect, Layer, Schema, type Scope } from "effect"
import { chooseCpus, ownCpus } from "./choose-cpus.ts"
import { commandLabel, containerFor, ownerLabel, reapedName } from "./docker-container.ts"
import { makeDemultiplexer } from "./docker-output.ts"
import { daemonHangs, dockerUnavailable } from "./docker-unavailable.ts"
import { clearLeftovers } from "./own-temporary.ts"
import { Sandbox, type SandboxProbe, type SandboxRequest, SandboxUnavailable } from "./Sandbox.ts"
import { sandboxSettings } from "./sandbox-settings.ts"
import { limitsOf, type Started, supervise } from "./supervise.ts"

/** `unix:///path`, `tcp://host:port`, or where Docker usually is. */
const connect = (host: string | undefined): Docker => {
  if (host === undefined) return new Docker()
  const url = new URL(host)
  if (url.protocol === "unix:") return new Docker({ socketPath: url.pathname })
  return new Docker({ host: url.hostname, port: Number(url.port), protocol: url.protocol === "https:" ? "https" : "http" })
}

const missing = (reason: string) =>
  new SandboxUnavailable({ sandbox: "docker", reason, remedy: "The workspace must make the view before the command runs." })

const reaped = new SandboxUnavailable({
  sandbox: "docker",
  reason: "The container was reaped: no open command owns it.",
  remedy: "Nothing; if its command is open after all, it is tried again.",
})

/** Enough for a daemon on a busy disk. */
const answerWithin = "1 minute"

const decodeMachine = Schema.decodeUnknownSync(Schema.Struct({ NCPU: Schema.Int }))

export const layer = Layer.effect(
  Sandbox,
  Effect.gen(function* () {
    const settings = yield* sandboxSettings
    const { image, runtime, owner, user } = settings
    const docker = connect(settings.dockerHost)
    yield* clearLeftovers

    /** For the one question whose answer may take as long as a command. */
    const askPatiently = <A>(call: (signal: AbortSignal) => Promise<A>) =>
      Effect.tryPromise({ try: call, catch: (cause) => dockerUnavailable(cause, image) })
    const ask = <A>(call: (signal: AbortSignal) => Promise<A>) =>
      Effect.timeoutOrElse(askPatiently(call), { duration: answerWithin, orElse: () => Effect.fail(daemonHangs(answerWithin)) })

    const own = yield* ownCpus
    let turn = 0
    /** Processors by number are the daemon's; ours have the same numbers only when we see as many. */
    const cpusFor = (wanted: number) =>
      Effect.map(
        ask(() => docker.info()),
        (machine) => (decodeMachine(machine).NCPU === own.length ? chooseCpus(wanted, own, turn++) : undefined),
      )

    /** Gone already is as good as removed. */
    const remove = (id: string) => Effect.ignore(ask(() => docker.getContainer(id).remove({ force: true, v: true })))

    /** Who gives up does not wait for it; a container that is made all the same is removed then. */
    const create = (options: ContainerCreateOptions) =>
      ask((signal) => {
        const made = docker.createContainer(options)
        signal.addEventListener("abort", () => made.then(({ id }) => Effect.runFork(remove(id))).catch(() => undefined))
        return made
      })

    const start = Effect.fn("docker.run")(function* (
      request: SandboxRequest,
      onOutput: (chunk: Uint8Array) => void,
    ): Effect.fn.Return<Started, SandboxUnavailable, Scope.Scope> {
      const directory = join(request.root, request.cwd ?? ".")
      const isDirectory = yield* Effect.promise(() =>
        stat(directory)
          .then((found) => found.isDirectory())
          .catch(() => false),
      )
      if (!isDirectory) return yield* missing(`The directory ${directory} is not there.`)

      const limits = limitsOf(request)
      const cpus = limits.cpus < own.length ? yield* cpusFor(limits.cpus) : undefined
      const container = yield* Effect.acquireRelease(
        create(containerFor({ image, runtime, owner, user, request, limits, cpus })),
        ({ id }) => remove(id),
        { interruptible: true },
      )
      const attached = yield* ask(() => container.attach({ stream: true, stdout: true, stderr: true }))
      const drained = Deferred.makeUnsafe<void>()
      const demultiplex = makeDemultiplexer(onOutput)
      attached.on("data", (chunk: Buffer) => demultiplex(chunk))
      for (const end of ["end", "close", "error"]) attached.once(end, () => Deferred.doneUnsafe(drained, Effect.void))
      yield* ask(() => container.start())

      const state = Effect.gen(function* () {
        const { Name, State } = yield* ask(() => container.inspect())
        return Name.includes(reapedName) ? yield* reaped : State
      })
      const exited = Effect.gen(function* () {
        yield* askPatiently((abortSignal) => container.wait({ abortSignal }))
        yield* Deferred.await(drained)
        return (yield* state).ExitCode
      })
      return {
        exited: yield* Effect.cached(exited),
        kill: Effect.ignore(ask(() => container.kill())),
        ranOutOfMemory: Effect.map(state, ({ OOMKilled }) => OOMKilled),
      }
    })

    const run = (request: SandboxRequest) => supervise("docker", request, (onOutput) => start(request, onOutput))

    const probe = Effect.gen(function* () {
      const version = yield* ask(() => docker.version())
      const { Id } = yield* ask(() => docker.getImage(image).inspect())
      const found: SandboxProbe = {
        kind: "docker",
        version: version.Version,
        image: { name: image, digest: Id },
        details: { runtime: runtime ?? "default", kernel: version.KernelVersion ?? "unknown" },
      }
      return found
    })

    const reap = Effect.fn("docker.reap")(function* (isOpen: (label: string) => Effect.Effect<boolean>) {
      const mine = yield* ask(() => docker.listContainers({ all: true, filters: { label: [`${ownerLabel}=${owner}`] } }))
      const labelOf = (container: (typeof mine)[number]) => container.Labels[commandLabel] ?? ""
      const labels = [...new Set(mine.map(labelOf))]
      const orphans = yield* Effect.filter(labels, (label) => Effect.map(isOpen(label), (open) => !open), { concurrency: "unbounded" })
      yield* Effect.forEach(
        mine.filter((container) => orphans.includes(labelOf(container))),
        ({ Id }) => Effect.andThen(Effect.ignore(ask(() => docker.getContainer(Id).rename({ name: `${reapedName}${Id}` }))), remove(Id)),
        { concurrency: 4, discard: true },
      )
      return orphans
    })

    return Sandbox.of({ user, run, probe, reap })
  }),
)
