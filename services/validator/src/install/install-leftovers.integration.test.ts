import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import { makeRepository, type RepositoryFixture } from "../workspace/repository-fixture.ts"
import { takeSlot } from "../workspace/workspace-slot.ts"

let repository: RepositoryFixture
let base: string
beforeEach(() => {
  repository = makeRepository("acme/app")
  base = mkdtempSync(join(tmpdir(), "ci-fix-pilot-leftovers-"))
  chmodSync(base, 0o711)
})
afterEach(() => {
  repository.remove()
  rmSync(base, { recursive: true, force: true })
})

/** Starts an installation from a registry that never answers, and kills it with -9 once it has asked. */
const killInstallation = async (workspace: string, temporary: string) => {
  const asked = Promise.withResolvers<void>()
  const fetch = (): Promise<Response> => {
    asked.resolve()
    return new Promise(() => {})
  }
  const registry = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch })
  const commit = repository.commit({ "package.json": `{ "dependencies": { "demo": "1.0.0" } }\n` })
  const script = join(import.meta.dirname, "install-leftovers-fixture.ts")
  const service = Bun.spawn(["bun", script, repository.mirrorUrl, repository.name, commit], {
    env: { ...Bun.env, TMPDIR: temporary, CI_HEALING_WORKSPACE_DIR: workspace, CI_HEALING_NPM_REGISTRY: `${registry.url}` },
    stdout: "ignore",
    stderr: "inherit",
  })
  try {
    await Promise.race([asked.promise, service.exited.then((code) => Promise.reject(new Error(`the service ended with ${code}`)))])
  } finally {
    service.kill("SIGKILL")
    await service.exited
    await registry.stop(true)
  }
  return service.pid
}

it("leaves nothing of an installation that was killed with -9 behind the next start", async () => {
  const [workspace, temporary] = [join(base, "workspace"), join(base, "temporary")] as const
  mkdirSync(temporary)
  const pid = await killInstallation(workspace, temporary)
  await Effect.runPromise(Effect.scoped(takeSlot(workspace)))
  expect(readdirSync(workspace).toSorted()).toEqual(["0", "0.lock"])
  expect(readdirSync(join(workspace, "0/tmp"))).toEqual([])
  // These are known by the id of their process, and cleared away with the start of a sandbox.
  const known = new RegExp(`^ci-fix-pilot-(?:disk|sandbox)-${pid}-`, "u")
  expect(readdirSync(temporary).filter((name) => !known.test(name))).toEqual([])
})
