/**
 * The configured system. Without `DATABASE_URL` and `NATS_URL` everything runs in this process, with its data in `.data/`.
 */
import { hostname } from "node:os"
import { join } from "node:path"
import { readNatsUrl } from "@ci-fix-pilot/actor/read-nats-url"
import { runProgram } from "@ci-fix-pilot/actor/run-main"
import { settings as apiSettings } from "@ci-fix-pilot/api/settings"
import { shownValue } from "@ci-fix-pilot/contract/configuration"
import { isLoopback } from "@ci-fix-pilot/contract/http"
import { settings as ingestSettings } from "@ci-fix-pilot/ingest/settings"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { Config, Effect, Option, Redacted, Schema } from "effect"
import { holdDataFolder } from "./embedded/data-folder.ts"
import { startEmbedded } from "./embedded/embedded.ts"
import { mustBeFree } from "./embedded/free-ports.ts"
import { provideSandbox } from "./embedded/provide-sandbox.ts"
import { provideDashboardIfPossible, provided, provideNatsServer } from "./provision.ts"

const whole = (name: string, minimum: number, fallback: number) =>
  Config.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum: 65_535 })), name).pipe(Config.withDefault(fallback))

/** What this process is told beyond what its services read themselves. */
const settings = Effect.gen(function* () {
  const folder = yield* Config.NonEmptyString("CI_HEALING_DATA_DIR").pipe(Config.withDefault(".data"))
  const natsUrl = Option.getOrUndefined(yield* Config.option(Config.NonEmptyString("NATS_URL")))
  if (natsUrl !== undefined) yield* Effect.try({ try: () => readNatsUrl(natsUrl), catch: (error) => error })
  return {
    folder,
    workspace: yield* Config.NonEmptyString("CI_HEALING_WORKSPACE_DIR").pipe(Config.withDefault(join(folder, "workspace"))),
    natsPort: yield* whole("CI_HEALING_NATS_PORT", 1, 4_222),
    natsUrl,
    databaseUrl: Option.getOrUndefined(yield* Config.option(Config.Redacted("DATABASE_URL"))),
    mirrorPort: yield* whole("CI_HEALING_MIRROR_PORT", 1, yield* Effect.promise(freePort)),
    mirrorHost: yield* Config.String("CI_HEALING_MIRROR_HOST").pipe(Config.withDefault("127.0.0.1")),
  }
})

const program = Effect.gen(function* () {
  // What is wrong is said at once, before anything is fetched or made.
  const { folder, workspace, natsPort, natsUrl: external, databaseUrl, mirrorPort, mirrorHost } = yield* settings
  const [{ host, port, token }, ingest] = [yield* apiSettings, yield* ingestSettings]
  yield* holdDataFolder(folder)
  yield* mustBeFree([
    { variable: "PORT", host, port },
    { variable: "CI_HEALING_INGEST_PORT", host: ingest.host, port: ingest.port },
    { variable: "CI_HEALING_MIRROR_PORT", host: mirrorHost, port: mirrorPort },
  ])
  yield* Effect.promise(provideDashboardIfPossible)
  if (external === undefined) yield* provided(provideNatsServer)
  const { natsUrl } = yield* startEmbedded({
    folder,
    natsPort,
    settings: {
      ...(yield* provided(provideSandbox)),
      CI_HEALING_WORKSPACE_DIR: workspace,
      CI_HEALING_MIRROR_PORT: `${mirrorPort}`,
      CI_HEALING_MIRROR_URL: `http://127.0.0.1:${mirrorPort}/git`,
    },
    ...(external === undefined ? {} : { natsUrl: external }),
    ...(databaseUrl === undefined ? {} : { databaseUrl: Redacted.value(databaseUrl) }),
  })
  yield* Effect.logInfo("ci-fix-pilot is ready", { natsUrl: shownValue(natsUrl), folder })
  const address = isLoopback(host) ? host : hostname()
  const signIn = token === undefined ? "" : "  (sign in with CI_HEALING_API_TOKEN)"
  const refused = ingest.secrets.length > 0 ? "" : "  (refused until CI_HEALING_WEBHOOK_SECRET is set)"
  process.stdout.write(
    `\nDashboard:  http://${address}:${port}/${signIn}\nWebhooks:   http://${address}:${ingest.port}/v1/github/webhook${refused}\n\n`,
  )
  yield* Effect.never
})

/** What is wrong in one line, for a variable with its name first. */
const inPlainWords = (error: unknown): string => {
  const text = error instanceof Config.ConfigError ? error.cause.message : error instanceof Error ? error.message : String(error)
  return text.replace(/^(.*?)\s+at \["([A-Z_]+)"\]$/su, "$2: $1")
}

/** The log has it too, as JSON and with its stack; a person at the terminal reads this. */
const sayPlainly = (error: unknown) => Effect.sync(() => process.stderr.write(`\nCannot start: ${inPlainWords(error)}\n`))

runProgram("ci-fix-pilot", Effect.scoped(program).pipe(Effect.tapError(sayPlainly)))
