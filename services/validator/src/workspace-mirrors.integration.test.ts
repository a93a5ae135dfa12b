import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ConfigProvider, Effect, Layer } from "effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import { nothingRuns } from "./nothing-runs-fixture.ts"
import { makeRepository, type RepositoryFixture } from "./repository-fixture.ts"
import { layer } from "./Workspace.git.ts"
import { Workspace } from "./Workspace.ts"

let repository: RepositoryFixture
let directory: string
beforeEach(() => {
  repository = makeRepository("acme/app")
  directory = mkdtempSync(join(tmpdir(), "ci-fix-pilot-workspace-"))
})
afterEach(() => {
  repository.remove()
  rmSync(directory, { recursive: true, force: true })
})

/** What a git that is killed while it fetches leaves: the lock that it takes first, and the pack that it was receiving. */
const leaveHalfAFetch = () => {
  const [name = ""] = readdirSync(join(directory, "0/mirrors"))
  const left = ["shallow.lock", "objects/pack/tmp_pack_a1b2c3"].map((path) => join(directory, "0/mirrors", name, path))
  for (const path of left) writeFileSync(path, "")
  return left
}

const within = <A, E>(work: Effect.Effect<A, E, Workspace>) =>
  Effect.runPromise(work.pipe(Effect.provide(layer.pipe(Layer.provide(Layer.mergeAll(nothingRuns, configured()))))))
const configured = () =>
  ConfigProvider.layer(ConfigProvider.fromEnvRecord({ CI_HEALING_MIRROR_URL: repository.mirrorUrl, CI_HEALING_WORKSPACE_DIR: directory }))

it("fetches again after a git that was killed in the middle of it", async () => {
  const [first, second] = [repository.commit({ "a.txt": "one\n" }), repository.commit({ "a.txt": "two\n" })]
  const left = await within(
    Effect.gen(function* () {
      const workspace = yield* Workspace
      yield* workspace.prepare(repository.at(first))
      const left = leaveHalfAFetch()
      yield* workspace.prepare(repository.at(second))
      return left
    }),
  )
  expect(left.filter((path) => existsSync(path))).toEqual([])
})

it("does not call a file missing whose content the mirror lost", async () => {
  const source = repository.at(repository.commit({ "a.txt": "one\n", "b.txt": "two\n" }))
  const error = await within(
    Effect.gen(function* () {
      const workspace = yield* Workspace
      const [{ blob } = { blob: "" }] = yield* workspace.entries(source)
      const [name = ""] = readdirSync(join(directory, "0/mirrors"))
      rmSync(join(directory, "0/mirrors", name, "objects", blob.slice(0, 2), blob.slice(2)))
      return yield* Effect.flip(workspace.read(source, ["a.txt", "b.txt"]))
    }),
  )
  expect(error).toMatchObject({ _tag: "WorkspaceUnavailable" })
})

it.each(process.getuid?.() === 0 ? ["a full disk"] : [])("does not call a commit unusable for %s", async () => {
  const commit = repository.commit({ "large.txt": "x".repeat(3_000_000) })
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "small", directory])
  try {
    const error = await within(Effect.flip(Workspace.use(({ prepare }) => prepare(repository.at(commit)))))
    expect(error).toMatchObject({ _tag: "WorkspaceUnavailable", message: expect.stringContaining("unable to write") })
  } finally {
    execFileSync("umount", ["-l", directory])
  }
})
