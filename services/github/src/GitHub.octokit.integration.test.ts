import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { live, startForge, type TestForge } from "./forge.suite.ts"
import { GitHub } from "./GitHub.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
  const from = await mkdtemp(join(tmpdir(), "github-seed-"))
  await writeFile(join(from, "a.txt"), "a\n")
  await forge.operate("createRepository", { owner: "acme", name: "shop", from })
})
afterAll(() => forge.stop())

it("reads a branch", async () => {
  const head = await Effect.runPromise(GitHub.use((github) => github.branchHead("acme/shop", "main")).pipe(Effect.provide(live(forge))))
  expect(head).toBe((await forge.branches("acme/shop"))["main"])
})
