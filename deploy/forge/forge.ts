import { mkdirSync } from "node:fs"
import { adminPrefix, makeAdmin } from "./admin.ts"
import { makeRepositories } from "./git/repositories.ts"
import { makeFaults } from "./http/faults.ts"
import { makeRateLimits } from "./http/rate-limit.ts"
import { operate } from "./operate.ts"
import type { Operations } from "./operations.ts"
import { serve } from "./server.ts"
import { openStore } from "./store/store.ts"
import { makeDeliveries, type WebhookTarget } from "./webhooks/deliver.ts"
import { makeExclusive, type World } from "./world.ts"

/** How a forge is set up. Only `dir` is needed. */
export interface ForgeOptions {
  /** Where everything is kept. A forge started again on the same folder knows all it knew. */
  readonly dir: string
  /** 0 (the default): any free port. */
  readonly port?: number
  readonly hostname?: string
  readonly webhook?: WebhookTarget
  /** The token that may do everything (also administer), as the user `login`. */
  readonly token?: string
  readonly login?: string
  /** PEM of the app's public key; without it a JSON web token's signature is not verified, only its claims. */
  readonly appPublicKey?: string
  readonly now?: () => Date
}

/** A running forge. */
export interface Forge extends Operations {
  /** Where it listens; git clones `${url}/owner/name.git`. */
  readonly url: string
  /** What an SDK takes as its base URL. */
  readonly apiUrl: string
  readonly token: string
  /** The bare repository's folder on disk. */
  readonly repositoryPath: (fullName: string) => string
  readonly close: () => Promise<void>
}

/** The token that may do everything, unless told otherwise. */
export const defaultToken = "forge-token"

/** Starts a GitHub over the repositories in `dir`. `close` leaves the folder as it is. */
export const startForge = async (options: ForgeOptions): Promise<Forge> => {
  mkdirSync(options.dir, { recursive: true })
  const now = options.now ?? (() => new Date())
  const store = openStore(options.dir)
  const repositories = makeRepositories(options.dir, store, now)
  const deliveries = makeDeliveries(options.dir, store, options.webhook, now)
  const token = options.token ?? defaultToken
  store.tokens.put(token, { token, login: options.login ?? "ci-fix-pilot", scope: "everything", expiresAt: null })
  let requests = 0
  const server = Bun.serve({
    port: options.port ?? 0,
    hostname: options.hostname ?? "127.0.0.1",
    idleTimeout: 255,
    maxRequestBodySize: 1 << 30,
    fetch: (request) => {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith(adminPrefix)) return admin(request, pathname)
      requests += 1
      return serve(world, request, requests)
    },
  })
  const url = `http://${server.hostname}:${server.port}`
  const world: World = {
    dir: options.dir,
    url,
    apiUrl: `${url}/api/v3`,
    store,
    repositories,
    deliveries,
    faults: makeFaults(),
    limits: makeRateLimits(now),
    requests: [],
    exclusive: makeExclusive(),
    now,
    appPublicKey: options.appPublicKey,
    logSecret: `${token} logs`,
  }
  const operations = operate(world)
  const admin = makeAdmin(operations, token)
  return {
    ...operations,
    url,
    apiUrl: world.apiUrl,
    token,
    repositoryPath: (name) => {
      const found = repositories.byName(name)
      if (found === undefined) throw new Error(`there is no repository ${name}`)
      return repositories.path(found)
    },
    close: async () => {
      await server.stop(true)
      await deliveries.settled()
      repositories.close()
      store.close()
    },
  }
}
