/** Dependencies installed in sandboxes, from the commit's own manifests, and cached under the hash of these. */
import { mkdir, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { redactText } from "@ci-fix-pilot/failure/redact"
import { Clock, Effect, Layer, Option, Schema } from "effect"
import { Sandbox } from "../sandbox/Sandbox.ts"
import { freshLayer } from "../workspace/fresh-layer.ts"
import { type LayerFacts, type TreeEntry, Workspace, WorkspaceUnavailable } from "../workspace/Workspace.ts"
import { type ChosenInstaller, chooseInstallers } from "./choose-installers.ts"
import { Dependencies, type DependenciesRequest, InstallImpossible } from "./Dependencies.ts"
import { ecosystemOf } from "./install-commands.ts"
import { installDependencies, misconfigured } from "./install-dependencies.ts"
import type { InstallFailed } from "./install-failed.ts"
import { mayNeed, type Scripts } from "./needed-toolchains.ts"
import { registryMark } from "./registry-settings.ts"

/** What must be read to know who installs, and whether anybody has a use for it. */
const decisive =
  /^(?:(?:[^/]+\/){0,2}package\.json|pyproject\.toml|(?:requirements|constraints)[^/]*\.txt|requirements\/[^/]+\.txt|(?:[^/]+\/)?(?:go\.mod|Cargo\.(?:toml|lock)|\.cargo\/config\.toml))$/u

/** The same manifests, installed in the same place by the same means, give the same layer. */
const keyOf = (
  where: ReadonlyArray<string>,
  { installer, manifests, derived = {} }: ChosenInstaller,
  entries: ReadonlyArray<TreeEntry>,
): string => {
  const wanted = new Set(manifests)
  const contents = entries.filter(({ path }) => wanted.has(path)).map(({ path, blob }) => `${blob} ${path}`)
  return new Bun.CryptoHasher("sha256")
    .update([...where, installer, ...contents, JSON.stringify(derived)].join("\n"))
    .digest("hex")
    .slice(0, 40)
}

const Package = Schema.fromJsonString(Schema.Struct({ scripts: Schema.Record(Schema.String, Schema.String) }))
const decodePackage = Schema.decodeUnknownOption(Package)
const scriptsIn = (text: string): Scripts => Option.match(decodePackage(text), { onNone: () => ({}), onSome: ({ scripts }) => scripts })

/** A registry that is away may come back; a package manager that refuses will refuse again. */
const troubleOf = ({ kind, reason, output }: InstallFailed): InstallImpossible | WorkspaceUnavailable =>
  kind === "registry-unreachable"
    ? new WorkspaceUnavailable({ reason: redactText(reason) })
    : new InstallImpossible({ reason: redactText(`The dependencies cannot be installed: ${reason}`), evidence: redactText(output) })

/** What was derived may ask for more than the tests need: where that cannot be had, the project is tried without it. */
const nothingInstalled = Effect.fnUntraced(function* (targetDir: string, failure: InstallFailed) {
  // Moved away first, and removed with the scope: removing may take long, and the place is used again at once.
  const failed = join(yield* (yield* Workspace).temporary, "failed")
  yield* Effect.promise(() => rename(targetDir, failed).then(() => mkdir(targetDir, { mode: 0o755 })))
  yield* Effect.logWarning("dependencies that the project's manifest names could not be installed", { why: redactText(failure.reason) })
  const why = redactText(failure.reason)
  const notInstalled = [`all that pyproject.toml asks for: ${why}`.slice(0, 300)]
  const madeAt = yield* Clock.currentTimeMillis
  const facts: LayerFacts = { by: "nothing", notes: [why], notInstalled, madeAt, env: {}, path: [] }
  return facts
})

const install = Effect.fnUntraced(function* ({ label, source }: DependenciesRequest, one: ChosenInstaller, targetDir: string) {
  const { installer, manifests, derived } = one
  const workspace = yield* Workspace
  const [manifestsDir, proxyDir] = [yield* workspace.temporary, yield* workspace.temporary]
  yield* workspace.write(source, manifests, manifestsDir)
  for (const [name, text] of Object.entries(derived ?? {})) yield* Effect.promise(() => writeFile(join(manifestsDir, name), text))
  yield* Effect.logInfo("installing dependencies", { installer })
  const request = { label, installer, manifestsDir, proxyDir, targetDir, derived: derived !== undefined }
  const installed = yield* Effect.result(installDependencies(request))
  if (installed._tag === "Failure") {
    const soft = derived !== undefined && installed.failure._tag === "InstallFailed" && installed.failure.kind !== "registry-unreachable"
    return soft ? yield* nothingInstalled(targetDir, installed.failure) : yield* installed.failure
  }
  const { by, notes, notInstalled, env, path } = installed.success
  yield* Effect.logInfo("installed dependencies", { by, notes, notInstalled })
  const facts: LayerFacts = { by, notes: notes.map((note) => redactText(note)), env, path }
  const missing = derived === undefined ? notInstalled : notInstalled.map((one) => one.replace("(requirements.txt)", "(pyproject.toml)"))
  if (missing.length === 0) return facts
  return { ...facts, madeAt: yield* Clock.currentTimeMillis, notInstalled: missing.map((one) => redactText(one).slice(0, 300)) }
}, Effect.scoped)

/** A toolchain that is not there is no failure yet: the command that needs it, if there is one, will say so. */
const withoutToolchain = (failure: InstallFailed) =>
  failure.kind === "no-program"
    ? Effect.as(Effect.logWarning("dependencies were not installed", { reason: failure.reason }), undefined)
    : Effect.fail(failure)

export const layer = Layer.effect(
  Dependencies,
  Effect.gen(function* () {
    const context = yield* Effect.context<Sandbox | Workspace>()
    const prepare = Effect.fn("dependencies.prepare")(
      function* ({ label, source, commands }: DependenciesRequest) {
        const workspace = yield* Workspace
        const entries = yield* workspace.entries(source)
        const paths = entries.filter(({ mode }) => mode.startsWith("100")).map(({ path }) => path)
        const texts = yield* workspace.read(
          source,
          paths.filter((path) => decisive.test(path)),
        )
        const wanted = chooseInstallers(paths, (path) => texts.get(path)?.toString("utf8") ?? "")
        const scripts = [...texts].flatMap(([path, text]) => (path.endsWith("package.json") ? [scriptsIn(text.toString("utf8"))] : []))
        const chosen = wanted.filter(({ installer }) => mayNeed(installer, commands, scripts))
        if (chosen.length === 0) return []
        const { kind, image, details } = yield* (yield* Sandbox).probe
        const where = image?.digest ?? `${kind} ${details["tools"] ?? ""}`
        const layers = yield* Effect.forEach(chosen, (one) =>
          Effect.gen(function* () {
            const mark = yield* registryMark(ecosystemOf(one.installer))
            const keyAt = (generation: number) => keyOf([where, mark, String(generation)], one, entries)
            const make = (targetDir: string) => install({ label, source, commands }, one, targetDir)
            return yield* freshLayer((generation) => workspace.layer(keyAt(generation), make))
          }).pipe(Effect.catchTags({ InstallFailed: withoutToolchain, ConfigError: misconfigured })),
        )
        return layers.filter((layer) => layer !== undefined)
      },
      Effect.catchTag("InstallFailed", (failure) => Effect.fail(troubleOf(failure))),
    )
    return Dependencies.of({ prepare: (request) => Effect.provideContext(prepare(request), context) })
  }),
)
