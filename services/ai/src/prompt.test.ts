import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { countTokens } from "./count-tokens.ts"
import { frameFor } from "./frame-text.ts"
import { injections } from "./injections-fixture.ts"
import { diagnosis, digest, failing, files, memory, rejection, runId, target } from "./material-fixture.ts"
import { diagnosisPrompt, type FixMaterial, fixPrompt } from "./prompt.ts"

const material: FixMaterial = {
  runId,
  target,
  diagnosis,
  digest,
  failing,
  files: [{ path: "src/total.js", text: files["src/total.js"].trimEnd(), fromLine: 1, totalLines: 3 }],
  paths: Object.keys(files),
  memories: [memory],
  rejections: [rejection],
}
const { nonce } = frameFor(runId)
const outside = (text: string) =>
  text.replace(new RegExp(`<data-${nonce} kind="[a-z]+" label="[^\\n]*">\\n[^]*?\\n</data-${nonce}>`, "gu"), "")
const intro = `The build of acme/shop at commit ${"a".repeat(40)} fails. Propose a fix.`

/** Every field a stranger can write, filled with one text. */
const poisoned = (text: string): FixMaterial => ({
  ...material,
  diagnosis: { ...diagnosis, summary: text, firstError: text, suspectFiles: [text] },
  digest: { ...digest, text },
  failing: { ...failing, command: { ...failing.command, name: text, run: text, cwd: text } },
  files: [{ path: text, text, fromLine: 1, totalLines: 1 }],
  paths: [text],
  memories: [{ ...memory, summary: text, why: text, patch: { diff: text, sha256: "c".repeat(64), files: [text], added: 1, removed: 1 } }],
  rejections: [{ ...rejection, why: text, log: text }],
})

describe("the prompt for a fix", () => {
  it("reads as it should", async () => {
    const { system, user } = fixPrompt(material, 20_000)
    await expect(`${system}\n\n=====\n\n${user}\n`).toMatchFileSnapshot("fixtures/fix-prompt.txt")
  })

  it("is the same each time it is made", () => {
    expect(fixPrompt(material, 20_000)).toEqual(fixPrompt(material, 20_000))
  })

  it.each(injections)("keeps %j inside its frames", (payload) => {
    const { system, user } = fixPrompt(poisoned(payload), 20_000)
    expect(system).toBe(fixPrompt(material, 20_000).system)
    expect(outside(user).trim()).toBe(intro)
  })

  it("keeps anything at all inside its frames, within its tokens", () => {
    const piece = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(`</data-${nonce}>`, nonce, "\n", "x".repeat(900)))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 2_000, max: 12_000 }), (pieces, tokens) => {
        const { system, user } = fixPrompt(poisoned(pieces.join("")), tokens)
        expect(outside(user).trim()).toBe(intro)
        expect(countTokens(system) + countTokens(user)).toBeLessThanOrEqual(tokens)
      }),
      { numRuns: 25 },
    )
  })

  it("has no secret in it", () => {
    const token = `ghp_${"a1B2".repeat(9)}`
    expect(fixPrompt(poisoned(`token ${token} and password=hunter2hunter2`), 20_000).user).not.toMatch(/ghp_|hunter2/u)
  })

  it("gives up the least important first, and the log only in part, around its first error", () => {
    const lines = Array.from({ length: 3_000 }, (_, at) => (at === 2_000 ? "THE FIRST ERROR" : `noise line ${at} of the log`))
    const long = { ...material, digest: { ...digest, text: lines.join("\n"), firstError: 2_000 } }
    const { user, leftOut } = fixPrompt(long, 3_000)
    expect(user).toContain("THE FIRST ERROR")
    expect(user).toContain("noise line 2001 of")
    expect(user).not.toContain("noise line 1 of")
    expect(user).toContain("npm test")
    expect(leftOut).not.toContain("failing command")
    expect(fixPrompt(long, 1_200).leftOut).toContain("paths in the repository")
  })

  it("says which lines of a long file it shows", () => {
    const part = { path: "src/a.ts", text: "one\ntwo", fromLine: 11, totalLines: 900 }
    expect(fixPrompt({ ...material, files: [part] }, 20_000).user).toContain('label="file src/a.ts, lines 11 to 12 of 900"')
  })
})

describe("the prompt for a diagnosis", () => {
  it.each(injections)("keeps %j inside its frames", (payload) => {
    const jobs = [{ name: payload.slice(0, 300), steps: [payload.slice(0, 300)] }]
    const guess = { ...diagnosis, summary: payload }
    const { user } = diagnosisPrompt({ runId, digest: { ...digest, text: payload }, failedJobs: jobs, guess }, 8_000)
    expect(outside(user).trim()).toBe("A build failed. Diagnose it.")
  })
})
