/**
 * The sandbox that this machine has. `CI_HEALING_SANDBOX=auto` takes Docker when its daemon answers and the image is there, else
 * bubblewrap, else refuses each run with what to install, and looks again. Once found it stays: red before and green after must have
 * been seen in the same place.
 */
import { Context, Effect, Layer, Option, Ref } from "effect"
import { layer as bubblewrap } from "./Sandbox.bubblewrap.ts"
import { Sandbox, SandboxUnavailable } from "./Sandbox.ts"
import { sandboxSettings } from "./sandbox-settings.ts"

/** Its client is large: loaded only where it may be used. */
const docker = Layer.unwrap(Effect.promise(async () => (await import("./Sandbox.docker.ts")).layer))

const neither = (docker: SandboxUnavailable, bubblewrap: SandboxUnavailable) =>
  new SandboxUnavailable({
    sandbox: "none",
    reason: `There is no sandbox. ${docker.reason} ${bubblewrap.reason}`,
    remedy: `Either: ${docker.remedy} Or: ${bubblewrap.remedy}`,
  })

/** The first that is ready. */
const auto = Effect.gen(function* () {
  const scope = yield* Effect.scope
  const first = Context.get(yield* Layer.build(docker), Sandbox)
  const found = yield* Ref.make(Option.none<typeof first>())

  const ready = (sandbox: typeof first) => Effect.as(sandbox.probe, sandbox)
  /** Looking for toolchains takes a while, so it is done only where they are needed. */
  const second = yield* Effect.cached(Effect.map(Layer.buildWithScope(bubblewrap, scope), (context) => Context.get(context, Sandbox)))
  const either = ready(first).pipe(
    Effect.catchTag("SandboxUnavailable", (noDocker) =>
      Effect.flatMap(Effect.orDie(second), ready).pipe(
        Effect.catchTag("SandboxUnavailable", (noBubblewrap) => Effect.fail(neither(noDocker, noBubblewrap))),
      ),
    ),
  )
  const chosen = Effect.gen(function* () {
    const before = yield* Ref.get(found)
    if (Option.isSome(before)) return before.value
    const sandbox = yield* either
    yield* Ref.set(found, Option.some(sandbox))
    yield* Effect.logInfo("sandbox chosen", yield* sandbox.probe)
    return sandbox
  })
  yield* Effect.catchTag(chosen, "SandboxUnavailable", (missing) => Effect.logWarning(missing.message))

  return Sandbox.of({
    user: first.user,
    run: (request) => Effect.flatMap(chosen, (sandbox) => sandbox.run(request)),
    probe: Effect.flatMap(chosen, (sandbox) => sandbox.probe),
    reap: (isOpen) => Effect.flatMap(chosen, (sandbox) => sandbox.reap(isOpen)),
  })
})

export const layer = Layer.unwrap(
  Effect.map(sandboxSettings, ({ kind }) =>
    kind === "docker" ? docker : kind === "bubblewrap" ? bubblewrap : Layer.effect(Sandbox, auto),
  ),
)
