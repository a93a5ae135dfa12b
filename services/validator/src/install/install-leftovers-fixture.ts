/** A process that installs a commit's dependencies: for tests that kill it. Arguments: mirror, repository, commit. */
import { Effect, Layer } from "effect"
import { makeWorld } from "../validator-fixture.ts"
import { layer as dependencies } from "./Dependencies.sandbox.ts"
import { Dependencies } from "./Dependencies.ts"

const [mirrorUrl = "", repository = "", commitSha = ""] = Bun.argv.slice(2)
const settings = Object.fromEntries(
  ["CI_HEALING_WORKSPACE_DIR", "CI_HEALING_NPM_REGISTRY"].map((name) => [name, Bun.env[name] ?? ""] as const),
)
const { everything } = makeWorld(mirrorUrl, settings)
const source = { provider: "github" as const, repository, branch: "main", commitSha }

if (import.meta.main)
  await Effect.runPromise(
    Dependencies.use(({ prepare }) => prepare({ label: "leftovers", source, commands: [] })).pipe(
      Effect.provide(dependencies.pipe(Layer.provideMerge(everything))),
    ),
  )
