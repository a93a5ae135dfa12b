/** A process that makes views of a commit, says so, and stays: for tests that kill it. Arguments: mirror, workspace directory, repository, commit. */
import { ConfigProvider, Effect, Layer } from "effect"
import { nothingRuns } from "../sandbox/nothing-runs-fixture.ts"
import { layer } from "./Workspace.git.ts"
import { Workspace } from "./Workspace.ts"

const [mirrorUrl = "", directory = "", repository = "", commitSha = ""] = Bun.argv.slice(2)
const config = ConfigProvider.fromEnvRecord({ CI_HEALING_MIRROR_URL: mirrorUrl, CI_HEALING_WORKSPACE_DIR: directory })
const source = { provider: "github" as const, repository, branch: "main", commitSha }

const hold = Effect.gen(function* () {
  const workspace = yield* Workspace
  const views = [yield* workspace.view(source), yield* workspace.view(source)]
  yield* Effect.promise(() => Bun.write(Bun.stdout, `${views.map(({ root }) => root).join("\n")}\nready\n`))
  return yield* Effect.never
}).pipe(Effect.scoped, Effect.provide(layer.pipe(Layer.provide(Layer.mergeAll(nothingRuns, ConfigProvider.layer(config))))))

if (import.meta.main) await Effect.runPromise(hold)
