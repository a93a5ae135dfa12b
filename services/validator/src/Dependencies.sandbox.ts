/** Dependencies installed in sandboxes, from the commit's own manifests, and cached under the hash of these. */
import { redactText } from "@ci-fix-pilot/failure/redact"
import { Effect, Layer } from "effect"
import { type ChosenInstaller, chooseInstallers } from "./choose-installers.ts"
import { Dependencies, type DependenciesRequest, InstallImpossible } from "./Dependencies.ts"
import { type InstallFailed, installDependencies } from "./install-dependencies.ts"
import { makeTemporary } from "./make-temporary.ts"
import { Sandbox } from "./Sandbox.ts"
import { type TreeEntry, Workspace, WorkspaceUnavailable } from "./Workspace.ts"

const rootTexts = /^(?:package\.json|(?:requirements|constraints)[^/]*\.txt|requirements\/[^/]+\.txt)$/u

/** The same manifests, installed in the same place by the same means, give the same layer. */
const keyOf = (where: string, { installer, manifests }: ChosenInstaller, entries: ReadonlyArray<TreeEntry>): string => {
  const wanted = new Set(manifests)
  const contents = entries.filter(({ path }) => wanted.has(path)).map(({ path, blob }) => `${blob} ${path}`)
  return new Bun.CryptoHasher("sha256")
    .update([where, installer, ...contents].join("\n"))
    .digest("hex")
    .slice(0, 40)
}

/** A registry that is away may come back; a package manager that refuses will refuse again. */
const troubleOf = ({ kind, reason, output }: InstallFailed): InstallImpossible | WorkspaceUnavailable =>
  kind === "registry-unreachable"
    ? new WorkspaceUnavailable({ reason: redactText(reason) })
    : new InstallImpossible({ reason: redactText(`The dependencies cannot be installed: ${reason}`), evidence: redactText(output) })

export const layer = Layer.effect(
  Dependencies,
  Effect.gen(function* () {
    const context = yield* Effect.context<Sandbox | Workspace>()
    const prepare = Effect.fn("dependencies.prepare")(
      function* ({ label, source }: DependenciesRequest) {
        const workspace = yield* Workspace
        const entries = yield* workspace.entries(source)
        const paths = entries.filter(({ mode }) => mode.startsWith("100")).map(({ path }) => path)
        const texts = yield* workspace.read(
          source,
          paths.filter((path) => rootTexts.test(path)),
        )
        const chosen = chooseInstallers(paths, (path) => texts.get(path)?.toString("utf8") ?? "")
        if (chosen.length === 0) return []
        const { kind, image, details } = yield* (yield* Sandbox).probe
        const where = image?.digest ?? `${kind} ${details["tools"] ?? ""}`
        return yield* Effect.forEach(chosen, (one) =>
          workspace.layer(keyOf(where, one, entries), (targetDir) =>
            Effect.gen(function* () {
              const manifestsDir = yield* makeTemporary
              yield* workspace.write(source, one.manifests, manifestsDir)
              yield* Effect.logInfo("installing dependencies", { installer: one.installer })
              const installed = yield* installDependencies({ label, installer: one.installer, manifestsDir, targetDir })
              yield* Effect.logInfo("installed dependencies", { by: installed.by, notes: installed.notes })
              return { by: installed.by, notes: installed.notes.map((note) => redactText(note)), env: installed.env, path: installed.path }
            }).pipe(Effect.scoped),
          ),
        )
      },
      Effect.catchTag("InstallFailed", (failure) => Effect.fail(troubleOf(failure))),
    )
    return Dependencies.of({ prepare: (request) => Effect.provideContext(prepare(request), context) })
  }),
)
