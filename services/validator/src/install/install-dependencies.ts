/**
 * Installs a project's dependencies once, for all tries of all commits with the same manifests. Two sandboxes one after the other: in the
 * first, packages are fetched with their scripts off, and the only way out is the operator's registry; in the second, which has no way
 * out at all, they may run their scripts. What stays is a directory to be laid under a view.
 */
import { cp, readdir, readFile, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { type Config, Effect, Option, Schema } from "effect"
import { Sandbox, type SandboxLimits, SandboxUnavailable, succeeded } from "../sandbox/Sandbox.ts"
import { prepareOwnership } from "../workspace/prepare-ownership.ts"
import { withoutTargets } from "./cargo-crates.ts"
import { fetchPackages } from "./fetch-packages.ts"
import { ecosystemOf, type Installer, installPlan, leaveOnly } from "./install-commands.ts"
import { end, InstallFailed, noProgram, refusal } from "./install-failed.ts"
import { serveRegistry } from "./registry-proxy.ts"
import { relayInside, startRelay } from "./registry-relay.ts"
import { registryFor, registryVariable } from "./registry-settings.ts"
import type { Texts } from "./spare-packages.ts"

export interface InstallRequest {
  /** The command's id, as for every sandbox. */
  readonly label: string
  readonly installer: Installer
  /** A directory with the base commit's own manifests, at their paths (see `isManifest`), and nothing else. */
  readonly manifestsDir: string
  /** An empty directory for the proxy, which the sandbox is shown. */
  readonly proxyDir: string
  /** An empty directory that receives the result. */
  readonly targetDir: string
  readonly limits?: Partial<SandboxLimits>
  /** Whether the manifests were derived from something that may ask for more than the tests need: they may do without any line. */
  readonly derived?: boolean
}

export interface Installed {
  /** The way that worked, as a person would type it. */
  readonly by: string
  /** What did not go as hoped, for people: refused ways, failed scripts. */
  readonly notes: ReadonlyArray<string>
  /** What the manifests ask for and could not be had, each with why. */
  readonly notInstalled: ReadonlyArray<string>
  /** To be given to every try. */
  readonly env: Readonly<Record<string, string>>
  /** To be searched by every try before the sandbox's own. */
  readonly path: ReadonlyArray<string>
}

/** Those that many sandboxes do not have, and that must be asked where their packages come from. */
const ownToolchain: ReadonlySet<Installer> = new Set(["go", "cargo"])
const installLimits = { timeoutMs: 900_000, memoryMb: 3072, diskMb: 4096, tmpMb: 256, processes: 1024 }
const noteEnd = 400

const broken = (reason: string) =>
  new SandboxUnavailable({ sandbox: "none", reason, remedy: "Look at the rights and the free space of the workspace directory." })

/** A variable says what makes no sense. */
export const misconfigured = (error: Config.ConfigError) =>
  Effect.fail(new SandboxUnavailable({ sandbox: "none", reason: error.message, remedy: "Correct the variable." }))

const noRegistry = (installer: Installer) =>
  new InstallFailed({
    kind: "registry-unreachable",
    reason: `Nobody says where ${installer} gets packages: set ${registryVariable[ecosystemOf(installer)]}.`,
    output: "",
  })

const PackageJson = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
const decodePackage = Schema.decodeUnknownOption(PackageJson)

/** The project's own scripts are not a dependency's: they need its sources, which are not here. */
const withoutScripts = (text: string): string =>
  Option.match(decodePackage(text), {
    onNone: () => text,
    onSome: ({ scripts: _, ...manifest }) => JSON.stringify(manifest, null, 2),
  })

/** What is done to a manifest of this name before it is used; undefined for one that is copied as it is. */
const prepared = (name: string): ((text: string) => string) | undefined => {
  if (name === "package.json") return withoutScripts
  if (name === "Cargo.toml") return withoutTargets
  return name.endsWith(".txt") ? (text) => text : undefined
}

/** Puts the manifests where the sandbox can copy them from, and gives those that can be read and changed. */
const layOut = (from: string, to: string) =>
  Effect.tryPromise({
    try: async () => {
      await cp(from, to, { recursive: true })
      const texts = new Map<string, string>()
      for (const name of await readdir(to, { recursive: true })) {
        const prepare = prepared(basename(name))
        if (prepare !== undefined) texts.set(name, prepare(await readFile(join(to, name), "utf8")))
      }
      return texts
    },
    catch: (cause) => broken(`The manifests cannot be copied: ${String(cause)}`),
  })

const writeAll = (texts: Texts, to: string) =>
  Effect.tryPromise({
    try: async () => {
      for (const [name, text] of texts) await writeFile(join(to, name), text)
    },
    catch: (cause) => broken(`The manifests cannot be written: ${String(cause)}`),
  })

const filesIn = (directory: string) =>
  Effect.tryPromise({
    try: async () => {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true })
      return entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`.slice(directory.length + 1))
    },
    catch: (cause) => broken(`The manifests cannot be read: ${String(cause)}`),
  })

export const installDependencies = Effect.fn("install-dependencies")(function* (request: InstallRequest) {
  const sandbox = yield* Sandbox
  const { installer, manifestsDir, targetDir } = request
  yield* Effect.mapError(prepareOwnership(targetDir, sandbox.user), ({ reason }) => broken(reason))
  if (ownToolchain.has(installer)) {
    const found = yield* sandbox.run({ label: request.label, command: `command -v ${installer}`, root: targetDir })
    if (!succeeded(found)) return yield* noProgram(installer)
  }
  const ask = (command: string) => Effect.map(sandbox.run({ label: request.label, command, root: targetDir }), ({ output }) => output.text)
  const registry = yield* registryFor(ecosystemOf(installer), ask).pipe(
    Effect.catchTags({
      NoRegistry: () => Effect.fail(noRegistry(installer)),
      ConfigError: misconfigured,
    }),
  )
  const proxy = yield* serveRegistry(registry, sandbox.user, request.proxyDir)
  const plan = installPlan(installer, yield* filesIn(manifestsDir), proxy.mirror)
  const manifests = join(proxy.directory, "manifests")
  const texts = yield* layOut(manifestsDir, manifests)
  yield* Effect.mapError(prepareOwnership(manifests, sandbox.user), ({ reason }) => broken(reason))

  const run = (command: string, online: boolean) =>
    sandbox.run({
      label: request.label,
      command,
      shell: "bash",
      root: targetDir,
      env: plan.env,
      limits: { ...installLimits, ...request.limits },
      network: online ? { relay: proxy.directory } : "none",
    })

  const fetched = yield* fetchPackages({
    ways: plan.fetch,
    texts,
    allSpare: request.derived === true,
    run: (way, wanted) =>
      Effect.andThen(writeAll(wanted, manifests), run(`${startRelay}\ncp -R ${relayInside}/manifests/. .\n${way.run}`, true)),
    unreachable: proxy.unreachable,
  })
  const notes = [...fetched.notes]
  for (const refused of proxy.refused()) notes.push(`not fetched, because it is not the registry's: ${refused}`)

  if (plan.offline !== undefined) {
    const result = yield* run(plan.offline.run, false)
    if (!succeeded(result) && plan.offline.required) return yield* refusal(result, plan.offline.run)
    if (!succeeded(result)) notes.push(`install scripts failed without a network: ${end(result.output.text, noteEnd)}`)
  }
  const cleaned = yield* run(leaveOnly(plan.keep), false)
  if (!succeeded(cleaned)) return yield* refusal(cleaned, "Clearing up")
  const installed: Installed = { by: fetched.by, notes, notInstalled: fetched.notInstalled, ...plan.use }
  return installed
}, Effect.scoped)
