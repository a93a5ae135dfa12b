/**
 * Installs a project's dependencies once, for all tries of all commits with the same manifests. Two sandboxes one after the other: in the
 * first, packages are fetched with their scripts off, and the only way out is the operator's registry; in the second, which has no way
 * out at all, they may run their scripts. What stays is a directory to be laid under a view.
 */
import { cp, readdir, readFile, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { type Config, Effect, Option, Schema } from "effect"
import { ecosystemOf, type Installer, installPlan, leaveOnly } from "./install-commands.ts"
import { prepareOwnership } from "./prepare-ownership.ts"
import { serveRegistry } from "./registry-proxy.ts"
import { startRelay } from "./registry-relay.ts"
import { registryFor } from "./registry-settings.ts"
import { Sandbox, type SandboxLimits, type SandboxResult, SandboxUnavailable, succeeded } from "./Sandbox.ts"

/** The project's dependencies cannot be installed; asking again changes nothing unless the registry was away. */
export class InstallFailed extends Schema.TaggedError<InstallFailed>()("InstallFailed", {
  /** `refused`: the package manager said no. `registry-unreachable`: nobody answered there. `limit`: it took too much. */
  kind: Schema.Literals(["refused", "registry-unreachable", "limit"]),
  reason: Schema.String,
  /** The end of what the package manager said. */
  output: Schema.String,
}) {
  override get message(): string {
    return this.reason
  }
}

export interface InstallRequest {
  /** The command's id, as for every sandbox. */
  readonly label: string
  readonly installer: Installer
  /** A directory with the base commit's own manifests, at their paths (see `isManifest`), and nothing else. */
  readonly manifestsDir: string
  /** An empty directory that receives the result. */
  readonly targetDir: string
  readonly limits?: Partial<SandboxLimits>
}

export interface Installed {
  /** The way that worked, as a person would type it. */
  readonly by: string
  /** What did not go as hoped, for people: refused ways, failed scripts. */
  readonly notes: ReadonlyArray<string>
  /** To be given to every try. */
  readonly env: Readonly<Record<string, string>>
  /** To be searched by every try before the sandbox's own. */
  readonly path: ReadonlyArray<string>
}

const installLimits = { timeoutMs: 900_000, memoryMb: 3072, diskMb: 4096, tmpMb: 256, processes: 1024 }
const outputEnd = 4_000
const noteEnd = 400

const end = (text: string, length: number): string => text.trim().slice(-length)

const refusal = (result: SandboxResult, way: string): InstallFailed =>
  result.ended === "exited"
    ? new InstallFailed({ kind: "refused", reason: `${way} ended with ${result.exitCode}.`, output: end(result.output.text, outputEnd) })
    : new InstallFailed({
        kind: "limit",
        reason: `${way} exceeded its limit (${result.ended}).`,
        output: end(result.output.text, outputEnd),
      })

const broken = (reason: string) =>
  new SandboxUnavailable({ sandbox: "none", reason, remedy: "Look at the rights and the free space of the workspace directory." })

const misconfigured = (error: Config.ConfigError) =>
  Effect.fail(new SandboxUnavailable({ sandbox: "none", reason: error.message, remedy: "Correct the variable." }))

const noRegistry = (installer: Installer) =>
  new InstallFailed({
    kind: "registry-unreachable",
    reason: `Nobody says where ${installer} gets packages: set CI_HEALING_${installer === "pip" ? "PIP_INDEX" : "NPM_REGISTRY"}.`,
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

const copyManifests = (from: string, to: string) =>
  Effect.tryPromise({
    try: async () => {
      await cp(from, to, { recursive: true })
      for (const name of await readdir(to, { recursive: true })) {
        if (basename(name) !== "package.json") continue
        await writeFile(join(to, name), withoutScripts(await readFile(join(to, name), "utf8")))
      }
    },
    catch: (cause) => broken(`The manifests cannot be copied: ${String(cause)}`),
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
  const ask = (command: string) => Effect.map(sandbox.run({ label: request.label, command, root: targetDir }), ({ output }) => output.text)
  const registry = yield* registryFor(ecosystemOf(installer), ask).pipe(
    Effect.catchTags({
      NoRegistry: () => Effect.fail(noRegistry(installer)),
      ConfigError: misconfigured,
    }),
  )
  const proxy = yield* serveRegistry(registry, sandbox.user).pipe(Effect.catchTag("ConfigError", misconfigured))
  const plan = installPlan(installer, yield* filesIn(manifestsDir), proxy.mirror)
  yield* copyManifests(manifestsDir, targetDir)
  yield* Effect.mapError(prepareOwnership(targetDir, sandbox.user), ({ reason }) => broken(reason))

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

  const notes: Array<string> = []
  const fetched = yield* Effect.gen(function* () {
    let failure = new InstallFailed({ kind: "refused", reason: `${installer} has no way to install.`, output: "" })
    for (const { name, run: command, after } of plan.fetch) {
      if (notes.length > 0 && after?.test(failure.output) === false) continue
      const result = yield* run(`${startRelay}\n${command}`, true)
      if (succeeded(result)) return name
      const unreachable = proxy.unreachable()
      failure = refusal(result, name)
      if (unreachable !== undefined)
        return yield* new InstallFailed({
          ...failure,
          kind: "registry-unreachable",
          reason: `The registry cannot be reached: ${unreachable}.`,
        })
      if (failure.kind === "limit") return yield* failure
      notes.push(`${name} refused: ${end(failure.output, noteEnd)}`)
    }
    return yield* failure
  })
  for (const refused of proxy.refused()) notes.push(`not fetched, because it is not the registry's: ${refused}`)

  if (plan.offline !== undefined) {
    const result = yield* run(plan.offline.run, false)
    if (!succeeded(result) && plan.offline.required) return yield* refusal(result, plan.offline.run)
    if (!succeeded(result)) notes.push(`install scripts failed without a network: ${end(result.output.text, noteEnd)}`)
  }
  const cleaned = yield* run(leaveOnly(plan.keep), false)
  if (!succeeded(cleaned)) return yield* refusal(cleaned, "Clearing up")
  const installed: Installed = { by: fetched, notes, ...plan.use }
  return installed
}, Effect.scoped)
