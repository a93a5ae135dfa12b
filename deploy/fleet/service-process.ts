import type { Service } from "@ci-fix-pilot/contract/ids"
import { type Running, startProcess } from "@ci-fix-pilot/machine/process"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { builtMain } from "../build/built-main.ts"

export type ServiceProcess = Running

/** Only what a service needs of this machine: no test runner's variables, no secrets of the person who runs the tests. */
const inherited = ["PATH", "HOME", "LANG", "TMPDIR", "npm_config_registry", "NODE_EXTRA_CA_CERTS"] as const

const blank = (): Record<string, string> =>
  Object.fromEntries(
    Object.keys(Bun.env)
      .filter((name) => !inherited.some((kept) => kept === name))
      .map((name) => [name, ""]),
  )

/** Starts a service as its image does: built, one process; resolves when it says that it is up. */
export const startService = async (service: Service, environment: Readonly<Record<string, string>>): Promise<ServiceProcess> =>
  startProcess({
    command: process.execPath,
    args: [await builtMain(service)],
    cwd: checkout(),
    env: { ...blank(), ...environment },
    ready: new RegExp(`"${service} is up"`, "u"),
  })
