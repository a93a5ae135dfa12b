/** How each package manager installs: what it needs of the repository, what it runs, and what a try needs to find the result. */
import { cargoPlan, isCargoManifest } from "./cargo-crates.ts"
import { goPlan, isGoManifest } from "./go-modules.ts"
import type { Ecosystem } from "./registry-settings.ts"

type NodeInstaller = "npm" | "pnpm" | "yarn" | "bun"
export type Installer = NodeInstaller | "pip" | "go" | "cargo"

/** Scratch space in the view while installing; nothing of it stays. */
const scratch = "/workspace/.install"
const pythonHome = ".python"

const node = /(?:^|\/)package\.json$/u
const anyOf =
  (...patterns: ReadonlyArray<RegExp>) =>
  (path: string) =>
    patterns.some((pattern) => pattern.test(path))
const manifests: Readonly<Record<Installer, (path: string) => boolean>> = {
  npm: anyOf(node, /^(?:package-lock|npm-shrinkwrap)\.json$/u),
  pnpm: anyOf(node, /^pnpm-(?:lock|workspace)\.yaml$/u, /^patches\/[^/]+\.patch$/u),
  yarn: anyOf(node, /^yarn\.lock$/u),
  bun: anyOf(node, /^bun\.lockb?$/u, /^patches\/[^/]+\.patch$/u),
  pip: anyOf(/^(?:requirements|constraints)[\w.-]*\.txt$/u, /^requirements\/[\w.-]+\.txt$/u),
  go: isGoManifest,
  cargo: isCargoManifest,
}

/**
 * Whether a file of the repository is given to the installation: manifests and lockfiles and nothing else; above all no configuration
 * of the package manager, which could point anywhere.
 */
export const isManifest = (installer: Installer, path: string): boolean =>
  !path.split("/").includes("node_modules") && manifests[installer](path)

export interface Way {
  readonly name: string
  readonly run: string
  /** Tried only when the way before it was refused with something like this. */
  readonly after?: RegExp
  /** Takes what the lockfile says or nothing: no way for manifests that are not the lockfile's any more. */
  readonly frozen?: true
}

export interface InstallPlan {
  readonly ecosystem: Ecosystem
  /** Ways to fetch with scripts off, in the order in which they are tried; each with the name that a proof shows. */
  readonly fetch: ReadonlyArray<Way>
  /** Runs what packages want to run when they are installed; without a network. Absent when there is nothing like that. */
  readonly offline?: { readonly run: string; readonly required: boolean }
  /** For all of these commands; `mirror` is the registry inside. */
  readonly env: Readonly<Record<string, string>>
  /** Name of the directories that are the result; everything else is removed. */
  readonly keep: string
  /** What a try needs. */
  readonly use: { readonly env: Readonly<Record<string, string>>; readonly path: ReadonlyArray<string> }
}

const modules = {
  keep: "node_modules",
  use: { env: {}, path: [] },
} as const

const quiet = "--ignore-scripts --no-audit --no-fund --include=dev --include=optional"

/** Another way cannot help a package that is not what the lockfile promised. */
const notPoisoned = /^(?![\s\S]*EINTEGRITY)/u
const peersDisagree = /ERESOLVE/u

/** All scripts at once; where one fails, each for itself, so that it costs nobody else theirs. */
const rebuildEach = `npm rebuild || node -e '
const { readFileSync } = require("node:fs")
const { spawnSync } = require("node:child_process")
const { packages } = JSON.parse(readFileSync("node_modules/.package-lock.json", "utf8"))
const scripted = Object.keys(packages).filter((path) => packages[path].hasInstallScript)
const names = [...new Set(scripted.map((path) => path.split("node_modules/").at(-1)))]
const failed = names.filter((name) => spawnSync("npm", ["rebuild", name], { stdio: "inherit" }).status !== 0)
console.log("install scripts that failed: " + failed.join(", "))
process.exit(failed.length === 0 ? 0 : 1)'`

const npm = (has: (path: string) => boolean): Pick<InstallPlan, "fetch" | "offline"> => {
  const of = (name: string, after: RegExp): Way => ({ name, run: `${name} ${quiet}`, after })
  const locked =
    has("package-lock.json") || has("npm-shrinkwrap.json") ? [{ name: "npm ci", run: `npm ci ${quiet}`, frozen: true as const }] : []
  return {
    fetch: [...locked, of("npm install", notPoisoned), of("npm install --legacy-peer-deps", peersDisagree)],
    offline: { run: rebuildEach, required: false },
  }
}

const pnpm = (has: (path: string) => boolean): Pick<InstallPlan, "fetch" | "offline"> => {
  const store = "--ignore-scripts --package-import-method copy"
  const frozen = { name: "pnpm install --frozen-lockfile", run: `pnpm install --frozen-lockfile ${store}`, frozen: true as const }
  const thawed = { name: "pnpm install", run: `pnpm install --no-frozen-lockfile ${store}` }
  return { fetch: has("pnpm-lock.yaml") ? [frozen, thawed] : [thawed], offline: { run: "pnpm rebuild --recursive", required: false } }
}

/** Its lockfile names a host in every entry, which it would ask instead of the registry that it is told. */
const yarn = (mirror: string): Pick<InstallPlan, "fetch"> => {
  const relocate = `[ ! -f yarn.lock ] || sed -E -i 's#(resolved ")https?://[^/"]+/#\\1${mirror}#' yarn.lock`
  const options = `--ignore-scripts --non-interactive --production=false --cache-folder ${scratch}/cache`
  const of = (name: string) => ({ name, run: `${relocate}; ${name} ${options}` })
  return { fetch: [{ ...of("yarn install --frozen-lockfile"), frozen: true }, of("yarn install")] }
}

const bun = (has: (path: string) => boolean): Pick<InstallPlan, "fetch"> => {
  const frozen = { name: "bun install --frozen-lockfile", run: "bun install --frozen-lockfile --ignore-scripts", frozen: true as const }
  const thawed = { name: "bun install", run: "bun install --ignore-scripts --no-save" }
  return { fetch: has("bun.lock") || has("bun.lockb") ? [frozen, thawed] : [thawed] }
}

const pip = (files: ReadonlyArray<string>): Pick<InstallPlan, "fetch" | "offline" | "keep" | "use"> => {
  const requirements = files.filter((path) => /(?:^|\/)requirements[^/]*\.txt$|^requirements\//u.test(path)).map((path) => `-r '${path}'`)
  const wheels = `${scratch}/wheels`
  const all = requirements.join(" ")
  return {
    fetch: [{ name: "pip download --only-binary=:all:", run: `python3 -m pip download --only-binary=:all: --dest ${wheels} ${all}` }],
    offline: { run: `python3 -m pip install --user --no-index --find-links ${wheels} ${all}`, required: true },
    keep: pythonHome,
    use: { env: { PYTHONUSERBASE: `/workspace/${pythonHome}` }, path: [`/workspace/${pythonHome}/bin`] },
  }
}

const npmSettings = (mirror: string) => ({
  npm_config_registry: mirror,
  npm_config_replace_registry_host: "always",
  npm_config_cache: `${scratch}/cache`,
  npm_config_update_notifier: "false",
  npm_config_fetch_retries: "1",
  npm_config_fetch_retry_mintimeout: "1000",
})

/** Told apart, because each warns about or trips over the others'. */
const settingsOf: Readonly<Record<NodeInstaller, (mirror: string) => Record<string, string>>> = {
  npm: npmSettings,
  pnpm: (mirror) => ({
    ...npmSettings(mirror),
    npm_config_store_dir: `${scratch}/store`,
    npm_config_manage_package_manager_versions: "false",
  }),
  yarn: (mirror) => ({ YARN_REGISTRY: mirror, npm_config_registry: mirror }),
  bun: (mirror) => ({ BUN_CONFIG_REGISTRY: mirror, BUN_INSTALL_CACHE_DIR: `${scratch}/cache` }),
}

const pipSettings = (mirror: string) => ({
  PIP_INDEX_URL: mirror,
  PIP_TRUSTED_HOST: "127.0.0.1",
  PIP_CONFIG_FILE: "/dev/null",
  PIP_NO_CACHE_DIR: "1",
  PIP_BREAK_SYSTEM_PACKAGES: "1",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  PYTHONUSERBASE: `/workspace/${pythonHome}`,
})

/** `files` are the manifests that were given; `mirror` is the registry as the sandbox sees it. */
export const installPlan = (installer: Installer, files: ReadonlyArray<string>, mirror: string): InstallPlan => {
  const has = (path: string) => files.includes(path)
  if (installer === "pip") return { ecosystem: "pip", env: pipSettings(mirror), ...pip(files) }
  if (installer === "go") return goPlan(files, mirror)
  if (installer === "cargo") return cargoPlan(files, mirror)
  const steps = installer === "npm" ? npm(has) : installer === "pnpm" ? pnpm(has) : installer === "yarn" ? yarn(mirror) : bun(has)
  return { ecosystem: "npm", env: settingsOf[installer](mirror), ...modules, ...steps }
}

export const ecosystemOf = (installer: Installer): Ecosystem =>
  installer === "pip" || installer === "go" || installer === "cargo" ? installer : "npm"

/** Shell text that leaves nothing in the view but what was installed. */
export const leaveOnly = (keep: string): string =>
  [
    `find . -name '${keep}' -prune -o ! -type d -print0 | xargs -0 -r rm -f --`,
    `rm -rf -- ${scratch}`,
    `find . -depth -mindepth 1 -type d -empty -not -path '*/${keep}/*' -delete`,
    `[ -e '${keep}' ] || mkdir '${keep}'`,
  ].join("\n")
