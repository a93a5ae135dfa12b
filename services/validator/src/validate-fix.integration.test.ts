import { existsSync } from "node:fs"
import { join } from "node:path"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import type { Patch } from "@ci-fix-pilot/contract/values"
import { makePatch } from "@ci-fix-pilot/patch/make-patch"
import { Effect } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { handle } from "./validate-fix.ts"
import { commandOf, makeWorld } from "./validator-fixture.ts"
import { makeRepository, type RepositoryFixture } from "./workspace/repository-fixture.ts"

let repository: RepositoryFixture
let world: ReturnType<typeof makeWorld>
beforeEach(() => {
  repository = makeRepository("acme/shop")
  world = makeWorld(repository.mirrorUrl)
})
afterEach(() => {
  repository.remove()
  world.remove()
})

const test = `import assert from "node:assert/strict"
import { test } from "node:test"
import { total } from "../src/price.js"
test("adds the tax", () => assert.equal(total(100, 19), 119))
`
const red = {
  "package.json": `{ "name": "shop", "type": "module", "scripts": { "test": "node --test", "lint": "node lint.js" } }\n`,
  "lint.js": `import { readFileSync } from "node:fs"\nif (readFileSync("src/price.js", "utf8").includes("var ")) throw new Error("no var")\n`,
  "src/price.js": "export const total = (price, tax) => price - tax\n",
  "test/price.test.js": test,
}
const run = (run: string) => ({ name: run, run, cwd: ".", source: "detected" as const })
const plan = [run("npm run lint"), run("npm test")]

const validate = async (
  commitSha: string,
  diff: string,
  extra: { strategy?: "model" | "revert"; plan?: typeof plan; failing?: ReturnType<typeof run> } = {},
) => {
  const patch = await Effect.runPromise(makePatch(diff))
  return decide(commitSha, patch, extra)
}

const decide = (
  commitSha: string,
  patch: Patch,
  extra: { strategy?: "model" | "revert"; plan?: typeof plan; failing?: ReturnType<typeof run> } = {},
) => {
  const command = extra.failing ?? run("npm test")
  const before = { command, exitCode: 1, durationMs: 1, timedOut: false, outOfMemory: false, logSha256: "0".repeat(64), logBytes: 1 }
  const data = { target: repository.at(commitSha), patch, strategy: extra.strategy ?? ("model" as const), before, plan: extra.plan ?? plan }
  return Effect.runPromise(handle(commandOf("validator.validate-fix", data)).pipe(Effect.provide(world.everything)))
}

/** The diff that git makes of changed files, against the last commit. */
const diffOf = (files: Parameters<RepositoryFixture["commit"]>[0]) => {
  const before = repository.git("rev-parse", "HEAD")
  const after = repository.commit(files)
  const diff = `${repository.git("diff", "--no-color", before, after)}\n`
  const treeSha = repository.git("rev-parse", `${after}^{tree}`)
  repository.git("reset", "--quiet", "--hard", before)
  return { diff, treeSha, before }
}

describe("validating a fix", () => {
  it("proves one that is red before and green after, and names the tree that git would make", async () => {
    repository.commit(red)
    const { diff, treeSha, before } = diffOf({ "src/price.js": "export const total = (price, tax) => price + tax\n" })
    const answer = await validate(before, diff)
    expect(answer).toMatchObject({
      type: "fix-validated",
      data: {
        proof: {
          commitSha: before,
          treeSha,
          before: { exitCode: 1, command: { run: "npm test" } },
          after: [
            { exitCode: 0, command: { run: "npm run lint" } },
            { exitCode: 0, command: { run: "npm test" } },
          ],
          sandbox: { kind: "bubblewrap" },
          findings: [],
        },
      },
    })
  })

  it("rejects one that stays red, with the log", async () => {
    repository.commit(red)
    const { diff, before } = diffOf({ "src/price.js": "export const total = (price, tax) => price * tax\n" })
    expect(await validate(before, diff)).toMatchObject({
      type: "fix-rejected",
      data: { why: /npm test.* ended with 1/, log: /adds the tax/ },
    })
  })

  it("rejects one that turns another command of the plan red", async () => {
    repository.commit(red)
    const { diff, before } = diffOf({ "src/price.js": "var sum = (a, b) => a + b\nexport const total = sum\n" })
    expect(await validate(before, diff)).toMatchObject({ type: "fix-rejected", data: { why: /npm run lint/, log: /no var/ } })
  })

  it("rejects one for a command that cannot be shown red", async () => {
    repository.commit({ ...red, "src/price.js": "export const total = (price, tax) => price + tax\n" })
    const { diff, before } = diffOf({ "README.md": "Words.\n" })
    expect(await validate(before, diff)).toMatchObject({ type: "fix-rejected", data: { why: /cannot be shown red/ } })
  })

  it("rejects one that does not apply or cannot be read", async () => {
    const commit = repository.commit(red)
    const other =
      "diff --git a/src/price.js b/src/price.js\n--- a/src/price.js\n+++ b/src/price.js\n@@ -1 +1 @@\n-something else\n+anything\n"
    expect(await validate(commit, other)).toMatchObject({ type: "fix-rejected", data: { why: /does not apply/ } })
  })

  it("says nothing about the patch when a command cannot run at all", async () => {
    repository.commit(red)
    const { diff, before } = diffOf({ "src/price.js": "export const total = (price, tax) => price + tax\n" })
    const missing = run("no-such-program --test")
    expect(await validate(before, diff, { plan: [missing], failing: missing })).toMatchObject({ type: "validation-unavailable" })
  })

  it("says nothing about the patch when an earlier command of the plan is red on the commit already", async () => {
    repository.commit({ ...red, "src/price.js": "var total = (price, tax) => price - tax\nexport { total }\n" })
    const { diff, before } = diffOf({ "src/price.js": "export const total = (price, tax) => price + tax\n" })
    expect(await validate(before, diff)).toMatchObject({ type: "validation-unavailable", data: { why: /npm run lint/ } })
  })

  const weaker = { "test/price.test.js": test.replace("test(", "test.skip(") }

  it("rejects a patch that is green only because it weakens the tests", async () => {
    repository.commit(red)
    for (const files of [weaker, { ...weaker, "src/price.js": "export const total = (price, tax) => price * tax\n" }]) {
      const { diff, before } = diffOf(files)
      expect(await validate(before, diff)).toMatchObject({
        type: "fix-rejected",
        data: { why: /only because it changes how it is tested/ },
      })
    }
  })

  it("proves a fix that also touches tests when it is green with the commit's own tests too, and says what it found", async () => {
    repository.commit(red)
    const { diff, before } = diffOf({ ...weaker, "src/price.js": "export const total = (price, tax) => price + tax\n" })
    expect(await validate(before, diff)).toMatchObject({
      type: "fix-validated",
      data: {
        proof: { findings: expect.arrayContaining([expect.objectContaining({ rule: "weakened-test", file: "test/price.test.js" })]) },
      },
    })
  })

  it("lets a revert take a red test away again, and leaves that to a person", async () => {
    repository.commit({ ...red, "test/more.test.js": test.replace("119", "7") })
    const { diff, before } = diffOf({ "test/more.test.js": null, "src/price.js": "export const total = (price, tax) => price + tax\n" })
    expect(await validate(before, diff)).toMatchObject({ type: "fix-rejected" })
    expect(await validate(before, diff, { strategy: "revert" })).toMatchObject({
      type: "fix-validated",
      data: {
        proof: {
          findings: expect.arrayContaining([expect.objectContaining({ detail: expect.stringContaining("own version of this file") })]),
        },
      },
    })
  })

  it.each([
    ["a symbolic link", { "src/price.js": { link: "/etc/passwd" } }],
    ["a hidden character", { "src/price.js": "export const total = (price, tax) => price + tax // \u202e\n" }],
    ["more lines than a fix may have", { "big.txt": "line\n".repeat(401) }],
  ])("never applies %s", async (_, files) => {
    repository.commit(red)
    const before = repository.git("rev-parse", "HEAD")
    const diff = `${repository.git("diff", "--no-color", before, repository.commit(files))}\n`
    const patch = { diff, sha256: sha256Hex(diff), files: [], added: 1, removed: 1 }
    expect(await decide(before, patch)).toMatchObject({ type: "fix-rejected", data: { why: /policy refuses/ } })
  })

  it("never writes through a symbolic link of the repository", async () => {
    const linked = repository.commit({ ...red, out: { link: world.directory } })
    const diff = `diff --git a/out/hosts b/out/hosts\nnew file mode 100644\n--- /dev/null\n+++ b/out/hosts\n@@ -0,0 +1 @@\n+escaped\n`
    expect((await validate(linked, diff)).type).not.toBe("fix-validated")
    expect(existsSync(join(world.directory, "hosts"))).toBe(false)
  })

  it.each([
    ["the directory of the tests", "test", "is a directory"],
    ["a file that is too large to patch", "big.txt", "exists already"],
    ["a symbolic link", "latest", "exists already"],
    ["a way through a file", "lint.js/more.js", "lint.js is a file"],
  ])("never puts a new file in the place of %s", async (_, path, why) => {
    const failing = repository.commit({ ...red, "big.txt": "x".repeat(5_000_000), latest: { link: "src" } })
    const diff = `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+nothing\n`
    const answer = await validate(failing, diff, { plan: [run("npm test")] })
    expect(answer).toMatchObject({ type: "fix-rejected", data: { why: expect.stringContaining(why) } })
  })

  it("lets a file take the place of a directory that the patch empties", async () => {
    repository.commit({ ...red, "docs/a.txt": "a\n" })
    const { diff, before } = diffOf({
      "docs/a.txt": null,
      docs: "b\n",
      "src/price.js": "export const total = (price, tax) => price + tax\n",
    })
    expect(await validate(before, diff)).toMatchObject({ type: "fix-validated" })
  })

  it("rejects a patch that never ends, and only after it has seen so twice", async () => {
    world.remove()
    world = makeWorld(repository.mirrorUrl, { CI_HEALING_CONTAINER_VALIDATE_TIMEOUT_MS: "8000" })
    repository.commit(red)
    const { diff, before } = diffOf({ "src/price.js": "for (;;) {}\nexport const total = 1\n" })
    expect(await validate(before, diff, { plan: [run("npm test")] })).toMatchObject({ type: "fix-rejected", data: { why: /time limit/ } })
  })
})
