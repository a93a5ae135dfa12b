import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { toolsDirectory } from "./process-tools.ts"

/** The oldest nats-server whose features we use: several filter subjects per consumer, `term` with a reason. */
const oldestNatsServer = [2, 10] as const

export interface NatsServerBinary {
  readonly path: string
  readonly version: string
}

/** A nats-server of 2.10 or newer, from PATH or `.tools/bin`; undefined when there is none. */
export const findNatsServer = (): NatsServerBinary | undefined =>
  [Bun.which("nats-server"), join(toolsDirectory(), "bin/nats-server")]
    .filter((path) => path !== null && existsSync(path))
    .map((path) => ({ path: path as string, version: versionOf(path as string) }))
    .find(({ version }) => isNewEnough(version))

const versionOf = (path: string): string =>
  /v(\d+\.\d+\.\d+)/.exec(spawnSync(path, ["--version"], { encoding: "utf8" }).stdout ?? "")?.[1] ?? "0"

/** True for 2.10 and all that came after it. */
export const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  return major > oldestNatsServer[0] || (major === oldestNatsServer[0] && minor >= oldestNatsServer[1])
}
