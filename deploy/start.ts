/**
 * The configured system. Without `DATABASE_URL` and `NATS_URL` everything runs in this process, with its data in `.data/`.
 */
import { hostname } from "node:os"
import { join } from "node:path"
import { runProgram } from "@ci-fix-pilot/actor/run-main"
import { settings as apiSettings } from "@ci-fix-pilot/api/settings"
import { shownValue } from "@ci-fix-pilot/contract/configuration"
import { isLoopback } from "@ci-fix-pilot/contract/http"
import { freePort } from "@ci-fix-pilot/testkit/free-port"
import { Config, Effect, Option, Redacted } from "effect"
import { startEmbedded } from "./embedded/embedded.ts"
import { provideSandbox } from "./embedded/provide-sandbox.ts"
import { provideDashboardIfPossible, provideNatsServer } from "./provision.ts"

const program = Effect.gen(function* () {
  const folder = yield* Config.String("CI_HEALING_DATA_DIR").pipe(Config.withDefault(".data"))
  const natsPort = yield* Config.Int("CI_HEALING_NATS_PORT").pipe(Config.withDefault(4_222))
  const databaseUrl = Option.getOrUndefined(yield* Config.option(Config.Redacted("DATABASE_URL")))
  const mirrorPort = yield* Config.Int("CI_HEALING_MIRROR_PORT").pipe(Config.withDefault(yield* Effect.promise(freePort)))
  const workspace = yield* Config.NonEmptyString("CI_HEALING_WORKSPACE_DIR").pipe(Config.withDefault(join(folder, "workspace")))
  const external = Option.getOrUndefined(yield* Config.option(Config.NonEmptyString("NATS_URL")))
  yield* Effect.promise(provideDashboardIfPossible)
  const { host, port, token } = yield* apiSettings
  if (external === undefined) yield* Effect.tryPromise(provideNatsServer)
  const settings = {
    ...(yield* Effect.tryPromise(provideSandbox)),
    CI_HEALING_WORKSPACE_DIR: workspace,
    CI_HEALING_MIRROR_PORT: `${mirrorPort}`,
    CI_HEALING_MIRROR_URL: `http://127.0.0.1:${mirrorPort}/git`,
  }
  const { natsUrl } = yield* startEmbedded({
    folder,
    natsPort,
    settings,
    ...(external === undefined ? {} : { natsUrl: external }),
    ...(databaseUrl === undefined ? {} : { databaseUrl: Redacted.value(databaseUrl) }),
  })
  yield* Effect.logInfo("ci-fix-pilot is ready", { natsUrl: shownValue(natsUrl), folder })
  const address = isLoopback(host) ? host : hostname()
  process.stdout.write(`\nDashboard:  http://${address}:${port}/${token === undefined ? "" : "  (sign in with CI_HEALING_API_TOKEN)"}\n\n`)
  yield* Effect.never
})

runProgram("ci-fix-pilot", Effect.scoped(program))
