import { existsSync } from "node:fs"
import { join } from "node:path"

/** The one place of the forge that reads the process's environment. */
export const environment: Readonly<Record<string, string | undefined>> = Bun.env

/** `bun --bun` puts a folder first in PATH where `node` is Bun: a project's tests must meet the real one. */
const withoutBunAsNode = (path: string): string =>
  path
    .split(":")
    .filter((folder) => !/\/bun-node-[^/]*$/u.test(folder))
    .join(":")

/** An environment for child processes that holds none of the operator's secrets: only what is needed to find programs. */
export const scrubbed = (more: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const env: Record<string, string> = { PATH: withoutBunAsNode(environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin") }
  for (const name of ["LANG", "TMPDIR"]) {
    const value = environment[name]
    if (value !== undefined) env[name] = value
  }
  return { ...env, ...more }
}

/** Where the operator gets packages from: an install step of a workflow uses the same registry and cache. */
export const registrySettings = (): Record<string, string> => {
  const home = environment["HOME"] ?? "/root"
  const settings: Record<string, string> = {
    npm_config_cache: environment["npm_config_cache"] ?? join(home, ".npm"),
    npm_config_update_notifier: "false",
  }
  const file = environment["NPM_CONFIG_USERCONFIG"] ?? environment["npm_config_userconfig"] ?? join(home, ".npmrc")
  if (existsSync(file)) settings["npm_config_userconfig"] = file
  const registry = environment["npm_config_registry"] ?? environment["NPM_CONFIG_REGISTRY"]
  if (registry !== undefined) settings["npm_config_registry"] = registry
  return settings
}
