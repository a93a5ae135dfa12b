import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { ConfigProvider, Effect } from "effect"
import { startForge } from "../forge/forge.ts"
import { provided, provideNatsServer } from "../provision.ts"
import { startEmbedded } from "./embedded.ts"
import { ownEnvironment } from "./own-environment.ts"
import { provideSandbox } from "./provide-sandbox.ts"

/** Where a system with a forge of its own is kept, and what it is told beyond that. */
export interface WithForge {
  /** Kept after the end; a temporary folder that goes with the scope when it is not told. */
  readonly folder?: string
  readonly apiPort?: number
  readonly settings?: Readonly<Record<string, string>>
}

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "ci-fix-pilot-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
)

const portOr = (port: number | undefined) => (port === undefined ? Effect.promise(freePort) : Effect.succeed(port))

/** The whole product in this process, connected to a forge that stands in for GitHub: webhooks in, pull requests out. */
export const startWithForge = (options: WithForge) =>
  Effect.gen(function* () {
    const folder = options.folder ?? (yield* temporary)
    yield* provided(provideNatsServer)
    const sandbox = yield* provided(provideSandbox)
    const [apiPort, ingestPort, mirrorPort, natsPort] = yield* Effect.all([
      portOr(options.apiPort),
      portOr(undefined),
      portOr(undefined),
      portOr(undefined),
    ])
    const secret = crypto.randomUUID()
    const forge = yield* Effect.acquireRelease(
      Effect.promise(() =>
        startForge({ dir: join(folder, "forge"), webhook: { url: `http://127.0.0.1:${ingestPort}/v1/github/webhook`, secret } }),
      ),
      (running) => Effect.promise(() => running.close()),
    )
    const settings = {
      ...sandbox,
      CI_HEALING_HOST: "127.0.0.1",
      PORT: `${apiPort}`,
      CI_HEALING_INGEST_PORT: `${ingestPort}`,
      CI_HEALING_MIRROR_PORT: `${mirrorPort}`,
      CI_HEALING_MIRROR_URL: `http://127.0.0.1:${mirrorPort}/git`,
      CI_HEALING_WORKSPACE_DIR: join(folder, "workspace"),
      CI_HEALING_WEBHOOK_SECRET: secret,
      CI_HEALING_GITHUB_SPACING_MS: "0",
      GITHUB_API_URL: forge.apiUrl,
      GITHUB_URL: forge.url,
      GITHUB_TOKEN: forge.token,
      ...options.settings,
    }
    const { natsUrl } = yield* startEmbedded({ folder: join(folder, "data"), natsPort, settings }).pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(ownEnvironment(Bun.env))),
    )
    return { forge, natsUrl, apiUrl: `http://127.0.0.1:${apiPort}`, ingestUrl: `http://127.0.0.1:${ingestPort}`, secret }
  })
