import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { Fleet } from "../fleet/fleet.ts"

const good = "export const total = (items) => items.reduce((sum, item) => sum + item.price * item.count, 0)\n"
export const bad = good.replace("sum + item.price", "sum - item.price")
const testThatTakes = (ms: number) => `import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { total } from "../src/total.js"

test("adds up", async () => {
  await setTimeout(${ms})
  assert.equal(total([{ price: 2, count: 3 }, { price: 1, count: 1 }]), 7)
})
`
const workflow =
  "name: CI\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - name: Test\n        run: node --test\n"
const log = "not ok 1 - adds up\n  error: 'Expected values to be strictly equal: -7 !== 7'\n##[error]Process completed with exit code 1.\n"
const ada = { login: "ada", name: "Ada", email: "ada@example.test" }

const files: Readonly<Record<string, string>> = {
  "package.json": `${JSON.stringify({ name: "small", version: "1.0.0", type: "module", scripts: { test: "node --test" } })}\n`,
  "src/total.js": good,
  ".github/workflows/ci.yml": workflow,
}

/** A small project in a repository of its own, green once. Its test takes some time (ms) wherever it is run. */
export const makeProject = async (fleet: Fleet, name: string, testTakesMs = 0): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "small-"))
  try {
    for (const [path, text] of Object.entries({ ...files, "test/total.test.js": testThatTakes(testTakesMs) })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    await fleet.forge.createRepository({
      owner: "acme",
      name,
      from: folder,
      by: ada,
      message: "Add up",
      people: { ada: { permission: "write", association: "MEMBER" } },
    })
    await fleet.forge.recordRun({ repository: `acme/${name}`, branch: "main", conclusion: "success", actor: "ada" })
    return `acme/${name}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Breaks it with a commit, and CI goes red: GitHub sends its webhook. Gives the red commit. */
export const breakProject = async (fleet: Fleet, repository: string, readme = "Now with a readme.\n"): Promise<string> => {
  const { after } = await fleet.forge.push({
    repository,
    branch: "main",
    files: { "src/total.js": bad, "README.md": readme },
    message: "Explain it",
    by: ada,
  })
  await fleet.forge.recordRun({ repository, branch: "main", conclusion: "failure", log, actor: "ada" })
  return after
}
