import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { commit, type Scripted, scriptedWorld } from "../scripted-fixture.ts"
import { handle } from "../validate-fix.ts"
import { commandOf } from "../validator-fixture.ts"

const run = (run: string) => ({ name: run, run, cwd: ".", source: "detected" as const })
const plan = [run("lint"), run("test")]
const diff = "diff --git a/a.js b/a.js\n--- a/a.js\n+++ b/a.js\n@@ -1 +1 @@\n-one\n+two\n"
const patch = { diff, sha256: sha256Hex(diff), files: ["a.js"], added: 1, removed: 1 }
const before = {
  command: run("test"),
  exitCode: 1,
  durationMs: 1,
  timedOut: false,
  outOfMemory: false,
  logSha256: "0".repeat(64),
  logBytes: 1,
}
const red: Scripted = { exitCode: 1, prints: "not ok 1 - adds\n" }

type Ends = (command: { number: number; run: string; patched: boolean; nth: number; timeoutMs: number }) => Scripted
/** `nth` counts the runs of this command with (or without) the patch. */
const validate = (ends: Ends, given: Partial<typeof patch> = {}, seenBefore: Partial<typeof before> = {}) => {
  const seen = new Map<string, number>()
  const world = scriptedWorld({ "a.js": "one\n" }, ({ number, run, changed, timeoutMs }) => {
    const patched = changed.length > 0
    const nth = (seen.get(`${run} ${patched}`) ?? 0) + 1
    seen.set(`${run} ${patched}`, nth)
    return ends({ number, run, patched, nth, timeoutMs })
  })
  const data = { target: commit, patch: { ...patch, ...given }, strategy: "model" as const, before: { ...before, ...seenBefore }, plan }
  const work = handle(commandOf("validator.validate-fix", data)).pipe(Effect.provide(world.layer))
  return { answer: () => Effect.runPromise(work), flipped: () => Effect.runPromise(Effect.flip(work)), runs: world.runs }
}
const healed: Ends = ({ run, patched }) => (run === "test" && !patched ? red : {})

describe("the gate", () => {
  it("sees red first, then green twice and the whole plan", async () => {
    const { answer, runs } = validate(healed)
    expect(await answer()).toMatchObject({
      type: "fix-validated",
      data: { proof: { before: { exitCode: 1 }, after: [{ exitCode: 0 }, { exitCode: 0 }] } },
    })
    expect(runs).toEqual(["lint", "test", "lint", "test", "lint", "test"])
  })

  it("gives the same proof of the same patch when the command is delivered twice", async () => {
    const [one, other] = await Promise.all([validate(healed).answer(), validate(healed).answer()])
    expect(one).toEqual(other)
  })

  it("rejects a fix that is green once and then red again", async () => {
    const flaky: Ends = ({ run, patched, nth }) => (run === "test" && (!patched || nth === 2) ? red : {})
    expect(await validate(flaky).answer()).toMatchObject({ type: "fix-rejected", data: { why: /green once and then red again/ } })
  })

  it("rejects what it cannot show red", async () => {
    expect(await validate(() => ({})).answer()).toMatchObject({ type: "fix-rejected", data: { why: /cannot be shown red/ } })
  })

  it("rejects a patch that is not the one its hash names", async () => {
    expect(await validate(healed, { sha256: "f".repeat(64) }).answer()).toMatchObject({ type: "fix-rejected", data: { why: /hash/ } })
  })

  it.each<[string, Scripted]>([
    ["a missing program", { exitCode: 127 }],
    ["a deadline", { ended: "deadline" }],
    ["too little memory", { ended: "memory" }],
  ])("holds %s against nobody when it comes only once", async (_, end) => {
    const once: Ends = ({ run, patched, nth }) => (run !== "test" ? {} : !patched ? red : nth === 1 ? end : {})
    expect((await validate(once).answer()).type).toMatch(/^(?:fix-validated|validation-unavailable)$/)
  })

  it("rejects a patch whose deadline comes twice", async () => {
    const endless: Ends = ({ run, patched }) => (run !== "test" ? {} : patched ? { ended: "deadline" } : red)
    expect(await validate(endless).answer()).toMatchObject({ type: "fix-rejected", data: { why: /time limit/ } })
  })

  it("does not wait in full for what never ended before: a multiple of what it takes with the patch is enough", async () => {
    const limits: Array<number> = []
    const endless: Ends = ({ run, patched, timeoutMs }) => {
      if (run !== "test" || patched) return {}
      limits.push(timeoutMs)
      return { ended: "deadline" }
    }
    const { answer, runs } = validate(endless, {}, { exitCode: 124, timedOut: true })
    expect(await answer()).toMatchObject({
      type: "fix-validated",
      data: { proof: { before: { timedOut: true }, after: [{ exitCode: 0 }, { exitCode: 0 }] } },
    })
    expect(limits).toEqual([30_000])
    expect(runs.length).toBe(6)
  })

  it("says nothing about the patch when another command is red before it, or the failing one cannot run", async () => {
    expect((await validate(({ run }) => (run === "lint" ? red : {})).answer()).type).toBe("validation-unavailable")
    expect((await validate(() => ({ exitCode: 127 })).answer()).type).toBe("validation-unavailable")
    const both: Ends = ({ run }) => (run === "test" ? { exitCode: 127 } : {})
    expect((await validate(both).answer()).type).toBe("validation-unavailable")
  })

  it.each([1, 2, 3, 4, 5, 6])("tries again later when the sandbox goes away at run %i, and never rejects for it", async (at) => {
    const away: Ends = (command) => (command.number === at ? { ended: "away" } : healed(command))
    const retry = await validate(away).flipped()
    expect(retry).toMatchObject({ _tag: "Retry", afterMs: expect.any(Number) })
    expect("afterMs" in retry && retry.afterMs).toBeLessThan(2_000)
  })
})
