/** Makes the components that the product and its tests run on available on this machine, and says where they are. */
import { join } from "node:path"
import { findPostgres, type PostgresBinaries } from "@ci-fix-pilot/machine/database-binaries"
import { findNatsServer, type NatsServerBinary } from "@ci-fix-pilot/machine/nats-server-binary"
import { toolsDirectory } from "@ci-fix-pilot/machine/process-tools"
import { Effect } from "effect"
import { withLock } from "./bootstrap/lock.mjs"
import { findBubblewrap, unpackBubblewrap } from "./provision/bubblewrap.ts"
import { findChromium, installChromium } from "./provision/chromium.ts"
import { buildDashboard, findDashboard } from "./provision/dashboard.ts"
import { findDebootstrap, unpackDebootstrap } from "./provision/debootstrap.ts"
import { type Docker, holdDocker } from "./provision/docker.ts"
import { removeLeftBehind } from "./provision/left-behind.ts"
import { unpackNatsServer } from "./provision/nats-server.ts"
import { unpackPostgres } from "./provision/postgres.ts"
import { findPython, installPython } from "./provision/python.ts"
import { findReportTools, installReportTools } from "./provision/report-tools.ts"
import { CannotProvide, say, secondsSince } from "./provision/say.ts"
import { findCargo, findGo, installCargo, installGo } from "./provision/toolchains.ts"

/** Looks for a component; when it is missing, makes it under a lock and looks again. */
const provide = async <A>(
  name: string,
  find: () => A | undefined,
  make: () => Promise<void>,
  describe: (found: A) => string,
): Promise<A> => {
  const present = find()
  if (present !== undefined) {
    say(`${name}: ${describe(present)}`)
    return present
  }
  return withLock(join(toolsDirectory(), "locks", name), async () => {
    const start = performance.now()
    if (find() === undefined) {
      say(`${name}: missing, getting it`)
      removeLeftBehind(toolsDirectory(), name)
      await make()
    }
    const found = find()
    if (found === undefined) throw new CannotProvide(`${name} was made but is not found`)
    say(`${name}: ${describe(found)}, after ${secondsSince(start)}`)
    return found
  })
}

/** A nats-server of 2.10 or newer: PATH, else `.tools/bin`. */
export const provideNatsServer = (): Promise<NatsServerBinary> =>
  provide("nats-server", findNatsServer, unpackNatsServer, ({ path, version }) => `${version} at ${path}`)

/** A Postgres of 15 or newer with pgvector: `.tools/postgres`, else the system's. */
export const providePostgres = (): Promise<PostgresBinaries> =>
  provide("postgres", findPostgres, unpackPostgres, ({ bin, major }) => `${major} with pgvector at ${bin}`)

/** A bubblewrap that can make a sandbox here: PATH, else `.tools/bin`. Returns its path. */
export const provideBubblewrap = (): Promise<string> => provide("bubblewrap", findBubblewrap, unpackBubblewrap, (path) => path)

/** debootstrap: PATH, else `.tools/bin`. Returns its path. */
export const provideDebootstrap = (): Promise<string> => provide("debootstrap", findDebootstrap, unpackDebootstrap, (path) => path)

/** A python3 on PATH that has pytest and pip. Returns its version. */
export const providePython = (): Promise<string> => provide("python3 with pytest", findPython, installPython, (version) => version)

/** A go on PATH that the sandboxes can use. Returns its version. */
export const provideGo = (): Promise<string> => provide("go", findGo, installGo, (version) => version)

/** A cargo on PATH that the sandboxes can use. Returns its version. */
export const provideCargo = (): Promise<string> => provide("cargo", findCargo, installCargo, (version) => version)

/** curl, jq and openssl on PATH, for the script of the GitHub action. Returns their paths. */
export const provideReportTools = (): Promise<string> =>
  provide("tools of the GitHub action", findReportTools, installReportTools, (paths) => paths)

/** A Chromium for the tests of the dashboard: PATH, else the system's package. Returns its path. */
export const provideChromium = (): Promise<string> => provide("chromium", findChromium, installChromium, (path) => path)

/** The dashboard, built from what the checkout holds now. Returns its folder. */
export const provideDashboard = (): Promise<string> => provide("dashboard", findDashboard, buildDashboard, (folder) => folder)

/** The same for those who can do without: the pages then say themselves that there is no build, and this says why. */
export const provideDashboardIfPossible = (): Promise<unknown> =>
  provideDashboard().catch((error: unknown) => say(`dashboard: not built: ${error instanceof Error ? error.message : error}`))

/** The same inside an effect, which fails with what those who provide say. */
export const provided = <A>(make: () => Promise<A>) =>
  Effect.tryPromise({ try: make, catch: (error) => (error instanceof Error ? error : new Error(String(error))) })

/** A Docker daemon that answers, started when there is none. Call `release` at the end. */
export const provideDocker = async (): Promise<Docker> => {
  const docker = await holdDocker()
  say(`docker: answers at ${docker.socket}`)
  return docker
}
