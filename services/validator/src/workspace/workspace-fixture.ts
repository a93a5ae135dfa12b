/** A repository, an empty workspace directory, and the workspace between them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ConfigProvider, Effect, Layer, type Scope } from "effect"
import { nothingRuns } from "../sandbox/nothing-runs-fixture.ts"
import { makeRepository } from "./repository-fixture.ts"
import { layer } from "./Workspace.git.ts"
import type { Workspace } from "./Workspace.ts"

let sequence = 0

/** Each with a repository of another name: mirrors of two tests are never taken for one. */
export const openWorkspace = () => {
  sequence += 1
  const repository = makeRepository(`acme/app-${sequence}`)
  const directory = mkdtempSync(join(tmpdir(), "ci-fix-pilot-workspace-"))
  const configured = (settings: Readonly<Record<string, string>>) =>
    ConfigProvider.layer(
      ConfigProvider.fromEnvRecord({ CI_HEALING_MIRROR_URL: repository.mirrorUrl, CI_HEALING_WORKSPACE_DIR: directory, ...settings }),
    )
  return {
    repository,
    directory,
    /** Does some work in the workspace, opened for it alone. */
    within: <A, E>(work: Effect.Effect<A, E, Workspace | Scope.Scope>, settings: Readonly<Record<string, string>> = {}) =>
      Effect.runPromise(
        Effect.scoped(work).pipe(Effect.provide(layer.pipe(Layer.provide(nothingRuns), Layer.provide(configured(settings))))),
      ),
    /** Mounts that are left in the directory. */
    mounts: () =>
      readFileSync("/proc/self/mountinfo", "utf8")
        .split("\n")
        .filter((line) => line.includes(directory)),
    remove: () => {
      repository.remove()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export type WorkspaceWorld = ReturnType<typeof openWorkspace>
