import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Service } from "@ci-fix-pilot/contract/ids"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { type Forge, startForge } from "../forge/forge.ts"
import { passwordVariable, randomPasswords } from "../nats/fleet-passwords.ts"
import { provideDashboardIfPossible } from "../provision.ts"
import { type FleetDatabase, startFleetDatabase } from "./fleet-database.ts"
import { type ServiceProcess, startService } from "./service-process.ts"

export interface FleetOptions {
  readonly services?: ReadonlyArray<Service>
  readonly settings?: Readonly<Record<string, string>>
}

/** The product as an operator runs it: one process per service, each with its own rights on a real broker and a real database, and a forge. */
export interface Fleet {
  readonly forge: Forge
  readonly nats: NatsServer
  readonly database: FleetDatabase
  readonly apiUrl: string
  readonly ingestUrl: string
  readonly secret: string
  readonly operator: { readonly user: string; readonly pass: string }
  readonly process: (service: Service) => ServiceProcess
  /** Kill -9; resolves when it is gone. */
  readonly kill: (service: Service) => Promise<void>
  /** Starts it again, with more settings if told. */
  readonly start: (service: Service, settings?: Readonly<Record<string, string>>) => Promise<void>
  /** Ends everything by the id of each process. */
  readonly stop: () => Promise<void>
}

/** Starts the fleet; resolves when every service is up. */
export const startFleet = async (options: FleetOptions = {}): Promise<Fleet> => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-"))
  const passwords = randomPasswords()
  const services = options.services ?? Service.literals
  const [database, nats] = await Promise.all([
    startFleetDatabase(),
    startNatsServer({ config: join(checkout(), "nats.conf"), env: passwords }),
    services.includes("api") ? provideDashboardIfPossible() : undefined,
  ])
  const [apiPort, ingestPort, mirrorPort] = await Promise.all([freePort(), freePort(), freePort()])
  const secret = crypto.randomUUID()
  const forge = await startForge({
    dir: join(folder, "forge"),
    webhook: { url: `http://127.0.0.1:${ingestPort}/v1/github/webhook`, secret },
  })
  const everyone = { NATS_URL: nats.url, ...options.settings }
  const own: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    ingest: { CI_HEALING_INGEST_PORT: `${ingestPort}`, CI_HEALING_WEBHOOK_SECRET: secret },
    api: { PORT: `${apiPort}` },
    validator: { CI_HEALING_MIRROR_URL: `http://127.0.0.1:${mirrorPort}/git`, CI_HEALING_WORKSPACE_DIR: join(folder, "workspace") },
    github: {
      CI_HEALING_MIRROR_PORT: `${mirrorPort}`,
      CI_HEALING_GITHUB_SPACING_MS: "0",
      GITHUB_API_URL: forge.apiUrl,
      GITHUB_URL: forge.url,
      GITHUB_TOKEN: forge.token,
    },
  }
  const environment = (service: Service, more: Readonly<Record<string, string>> = {}) => ({
    ...everyone,
    ...own[service],
    CI_HEALING_NATS_PASSWORD: passwords[passwordVariable(service)] ?? "",
    ...(database.urls[service] === undefined ? {} : { DATABASE_URL: database.urls[service] }),
    ...more,
  })
  const running = new Map<Service, ServiceProcess>()
  const start: Fleet["start"] = async (service, more) => {
    running.set(service, await startService(service, environment(service, more)))
  }
  const processOf = (service: Service) => {
    const found = running.get(service)
    if (found === undefined) throw new Error(`${service} was never started`)
    return found
  }
  await Promise.all(services.map((service) => start(service)))
  return {
    forge,
    nats,
    database,
    apiUrl: `http://127.0.0.1:${apiPort}`,
    ingestUrl: `http://127.0.0.1:${ingestPort}`,
    secret,
    operator: { user: "operator", pass: passwords[passwordVariable("operator")] ?? "" },
    process: processOf,
    kill: (service) => processOf(service).stop("SIGKILL"),
    start,
    stop: async () => {
      await Promise.all([...running.values()].map((service) => service.stop()))
      await forge.close()
      await Promise.all([nats.stop(), database.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
