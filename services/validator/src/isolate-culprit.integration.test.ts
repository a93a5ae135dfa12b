import { Effect } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { handle } from "./isolate-culprit.ts"
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

const filler = (from: number) => Array.from({ length: 12 }, (_, line) => `// line ${from + line}\n`).join("")
const price = (sign: string, comment: string) =>
  `export const total = (price, tax) => price ${sign} tax\n${filler(1)}export const name = () => "shop"\n${filler(20)}// ${comment}\n`
const test = `import assert from "node:assert/strict"
import { test } from "node:test"
import { total } from "../src/price.js"
test("adds the tax", () => assert.equal(total(100, 19), 119))
`
const start = {
  "package.json": `{ "name": "shop", "type": "module", "scripts": { "test": "node --test", "build": "node build.js" } }\n`,
  "src/price.js": price("+", "first words"),
  "test/price.test.js": test,
  "README.md": "# Shop\n",
}
const plan = [{ name: "npm test", run: "npm test", cwd: ".", source: "detected" as const }]
const failing = (command = plan[0]) => ({
  command: command ?? { name: "", run: "", cwd: ".", source: "detected" as const },
  exitCode: 1,
  durationMs: 100,
  timedOut: false,
  outOfMemory: false,
  logSha256: "0".repeat(64),
  logBytes: 1,
})

const isolate = (commitSha: string, extra: { lastGreenCommit?: string; maxRuns?: number; plan?: typeof plan; timedOut?: boolean } = {}) => {
  const commands = extra.plan ?? plan
  const data = {
    target: repository.at(commitSha),
    plan: commands,
    failing: { ...failing(commands.at(-1)), timedOut: extra.timedOut ?? false },
    maxRuns: extra.maxRuns ?? 40,
    ...(extra.lastGreenCommit === undefined ? {} : { lastGreenCommit: extra.lastGreenCommit }),
  }
  return Effect.runPromise(handle(commandOf("validator.isolate-culprit", data)).pipe(Effect.provide(world.everything)))
}

describe("isolating the culprit", () => {
  it("undoes one character and keeps a harmless edit in another hunk of the same file and in other files", async () => {
    const good = repository.commit(start)
    const bad = repository.commit({
      "src/price.js": price("-", "better words"),
      "README.md": "# Shop\n\nSells things.\n",
      "docs/notes.md": "New notes.\n",
    })
    const answer = await isolate(bad, { lastGreenCommit: good })
    expect(answer).toMatchObject({
      type: "fix-proposed",
      data: { proposal: { strategy: "revert", culprit: { goodCommit: good, hunks: 4, reverted: 1 } } },
    })
    if (answer.type !== "fix-proposed") return
    const { patch, explanation } = answer.data.proposal
    expect(patch.files).toEqual(["src/price.js"])
    expect(patch).toMatchObject({ added: 1, removed: 1 })
    expect(patch.diff).toContain("-export const total = (price, tax) => price - tax\n+export const total = (price, tax) => price + tax\n")
    expect(explanation).toMatch(/Undoes 1 of the 4 changes .* src\/price\.js:1 .*The other 3 stay as they are/)
  })

  it("finds the newest green ancestor by itself", async () => {
    repository.commit(start, "start")
    for (let number = 0; number < 4; number += 1) repository.commit({ "README.md": `# Shop ${number}\n` })
    const newestGreen = repository.git("rev-parse", "HEAD")
    repository.commit({ "src/price.js": price("-", "first words") }, "the culprit")
    for (let number = 0; number < 3; number += 1) repository.commit({ "README.md": `# Shop, again ${number}\n` })
    const head = repository.git("rev-parse", "HEAD")
    const answer = await isolate(head)
    expect(answer).toMatchObject({ type: "fix-proposed", data: { proposal: { culprit: { goodCommit: newestGreen, reverted: 1 } } } })
  })

  it("undoes two changes that are red each on their own", async () => {
    const good = repository.commit({
      ...start,
      "src/tax.js": "export const rate = 2\n",
      "test/tax.test.js": test.replaceAll("total(100, 19), 119", "rate, 2").replaceAll("total", "rate").replaceAll("price", "tax"),
    })
    const bad = repository.commit({
      "src/price.js": price("-", "other words"),
      "src/tax.js": "export const rate = 3\n",
      "README.md": "# More\n",
    })
    const answer = await isolate(bad, { lastGreenCommit: good })
    expect(answer).toMatchObject({
      type: "fix-proposed",
      data: { proposal: { patch: { files: ["src/price.js", "src/tax.js"] }, culprit: { reverted: 2 } } },
    })
  })

  it("runs what comes before the failing command when that is needed", async () => {
    const built = {
      "build.js": `import { copyFileSync } from "node:fs"\ncopyFileSync("src/price.js", "built.js")\n`,
      "test/price.test.js": test.replace("../src/price.js", "../built.js"),
    }
    const good = repository.commit({ ...start, ...built })
    const bad = repository.commit({ "src/price.js": price("-", "first words"), "README.md": "# More\n" })
    const both = [{ name: "build", run: "npm run build", cwd: ".", source: "detected" as const }, ...plan]
    expect(await isolate(bad, { lastGreenCommit: good, plan: both })).toMatchObject({
      type: "fix-proposed",
      data: { proposal: { patch: { files: ["src/price.js"] }, culprit: { reverted: 1 } } },
    })
  })

  it("finds what never ends", async () => {
    world.remove()
    world = makeWorld(repository.mirrorUrl, { CI_HEALING_CONTAINER_VALIDATE_TIMEOUT_MS: "8000" })
    const good = repository.commit(start)
    const endless = price("+", "other words").replace("=> price + tax", "=> { for (;;) {} }")
    const bad = repository.commit({ "src/price.js": endless, "README.md": "# More\n" })
    const answer = await isolate(bad, { lastGreenCommit: good, timedOut: true })
    expect(answer).toMatchObject({
      type: "fix-proposed",
      data: { proposal: { patch: { files: ["src/price.js"] }, culprit: { reverted: 1 } } },
    })
  })

  it("says the same when the command is delivered twice", async () => {
    const good = repository.commit(start)
    const bad = repository.commit({ "src/price.js": price("-", "other words") })
    const [one, other] = await Promise.all([isolate(bad, { lastGreenCommit: good }), isolate(bad, { lastGreenCommit: good })])
    expect(one).toEqual(other)
  })

  it("declines when the failing command is green now, when nothing was ever green, and when the cause is not in the change", async () => {
    const red = repository.commit({ ...start, "src/price.js": price("-", "first words") })
    expect(await isolate(red)).toMatchObject({ type: "fix-declined", data: { why: /No green commit/ } })
    const stillRed = repository.commit({ "README.md": "# More\n" })
    expect(await isolate(stillRed, { lastGreenCommit: red })).toMatchObject({ type: "fix-declined", data: { why: /No green commit/ } })
    const green = repository.commit({ "src/price.js": price("+", "first words") })
    expect(await isolate(green)).toMatchObject({ type: "fix-declined", data: { why: /green now/ } })
  })

  it("declines instead of running more often than it may", async () => {
    const good = repository.commit(start)
    const bad = repository.commit({ "src/price.js": price("-", "other words"), "README.md": "# More\n" })
    expect(await isolate(bad, { lastGreenCommit: good, maxRuns: 2 })).toMatchObject({ type: "fix-declined", data: { why: /2 runs/ } })
  })
})
