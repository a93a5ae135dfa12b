import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Option } from "effect"
import { sandboxUser } from "../sandbox/nothing-runs-fixture.ts"
import { serve } from "./registry-fixture.ts"
import { serveRegistry } from "./registry-proxy.ts"
import { socketName } from "./registry-relay.ts"
import { registryFor } from "./registry-settings.ts"

/** Longer than the runtime's own patience with a connection on which nothing moves. */
const thinksFor = "12 seconds"

const directory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "ci-fix-pilot-proxy-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true })),
)
const slowRegistry = Effect.acquireRelease(
  Effect.sync(() => {
    const fetch = () =>
      Effect.runPromise(
        Effect.delay(
          Effect.sync(() => new Response("at last")),
          thinksFor,
        ),
      )
    return Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch })
  }),
  (server) => Effect.promise(() => server.stop(true)),
)

it.live("waits for a registry that thinks for a while", () =>
  Effect.gen(function* () {
    const { url } = yield* slowRegistry
    const proxy = yield* serveRegistry({ url, credential: Option.none(), files: [] }, sandboxUser, yield* directory)
    const unix = join(proxy.directory, socketName)
    expect(yield* Effect.promise(() => fetch("http://registry/package", { unix }).then((answer) => answer.text()))).toBe("at last")
  }),
)

it.live.each([
  ["npm", "CI_HEALING_NPM_REGISTRY", "CI_HEALING_NPM_TOKEN", "Bearer s3cret"],
  ["cargo", "CI_HEALING_CARGO_INDEX", "CI_HEALING_CARGO_TOKEN", "s3cret"],
] as const)("shows the token to the registry as %s does", ([ecosystem, address, token, shown]) =>
  Effect.gen(function* () {
    const seen: Array<string | null> = []
    const registry = yield* serve((_, request) => {
      seen.push(request.headers.get("authorization"))
      return Response.json({ dl: "crates" })
    })
    const settings = ConfigProvider.fromEnvRecord({ [address]: registry.url, [token]: "s3cret" })
    const found = yield* registryFor(ecosystem, () => Effect.die("nobody is asked")).pipe(Effect.provide(ConfigProvider.layer(settings)))
    const proxy = yield* serveRegistry(found, sandboxUser, yield* directory)
    const unix = join(proxy.directory, socketName)
    yield* Effect.promise(() => fetch("http://registry/config.json", { unix }).then((answer) => answer.text()))
    expect(new Set(seen)).toEqual(new Set([shown]))
  }),
)
