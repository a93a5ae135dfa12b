import { Lease } from "@ci-fix-pilot/actor/Lease"
import type { CommandData } from "@ci-fix-pilot/contract/commands"
import { applyDiff } from "@ci-fix-pilot/patch/apply"
import { parseDiff } from "@ci-fix-pilot/patch/parse"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import * as None from "./Model.none.ts"
import { calls, make, type Scripted } from "./Model.scripted.ts"
import { files, goodFix, memory, patch, proposeFix, rejection } from "./material-fixture.ts"
import { handle } from "./propose-fix.ts"
import * as Memory from "./Sources.memory.ts"

const go = Lease.of({ confirm: Effect.void })

const propose = (script: ReadonlyArray<Scripted>, data: Partial<CommandData<"ai.propose-fix">> = {}, more: Record<string, string> = {}) => {
  const { requests, layer } = make(script)
  const answer = handle(proposeFix(data)).pipe(
    Effect.provide([layer, Memory.layer({ ...files, ...more })]),
    Effect.provideService(Lease, go),
  )
  return { requests, answer }
}

describe("proposing a fix", () => {
  it.effect("makes a patch from the model's edits that applies to the real files", () =>
    Effect.gen(function* () {
      const answer = yield* propose([calls("propose_fix", goodFix)]).answer
      expect(answer).toMatchObject({
        type: "fix-proposed",
        data: {
          proposal: {
            strategy: "model",
            confidence: 0.9,
            explanation: goodFix.explanation,
            patch: { files: ["src/total.js"], added: 1, removed: 1 },
          },
          usage: { model: "scripted" },
        },
      })
      if (answer.type !== "fix-proposed") return
      const healed = yield* applyDiff(yield* parseDiff(answer.data.proposal.patch.diff), new Map(Object.entries(files)))
      expect(healed.get("src/total.js")).toBe("export const total = (a, b) => {\n  return a + b\n}\n")
      expect(answer.data.usage?.costUsd).toBeGreaterThan(0)
    }),
  )

  it.effect("shows the failure, the code it points at, similar fixes and earlier rejections", () =>
    Effect.gen(function* () {
      const { requests, answer } = propose([calls("propose_fix", goodFix)], { memories: [memory], rejections: [rejection] })
      yield* answer
      const [turn] = requests[0]?.turns ?? []
      const prompt = turn?.role === "user" ? turn.text : ""
      for (const text of [
        "npm test",
        "expected 3 but got -1",
        "return a - b",
        "a sign was wrong in discount",
        "npm test is still red",
        "package.json",
      ])
        expect(prompt).toContain(text)
    }),
  )

  it.effect("lets the model read more first, as data, and only read", () =>
    Effect.gen(function* () {
      const script = [
        {
          calls: [
            { name: "read_file", input: { path: "src/money.js" } },
            { name: "search_files", input: { text: "total" } },
          ],
        },
        {
          calls: [
            { name: "list_files", input: { under: "src/" } },
            { name: "read_file", input: { path: "src/none.js" } },
            { name: "read_file", input: { lines: 3 } },
          ],
        },
        calls("propose_fix", goodFix),
      ]
      const { requests, answer } = propose(script, {}, { "src/money.js": "export const cents = 100\n" })
      expect((yield* answer).type).toBe("fix-proposed")
      const results = requests[2]?.turns.flatMap((turn) => (turn.role === "results" ? turn.results : [])) ?? []
      expect(results.map(({ isError }) => isError)).toEqual([false, false, false, true, true])
      expect(results[0]?.text).toMatch(
        /^<data-[0-9a-f]{20} kind="file" label="src\/money\.js from line 1 of 1">\nexport const cents = 100\n/u,
      )
      expect(results[1]?.text).toContain("test/total.test.js:1: import { total }")
      expect(requests[0]?.tools.map(({ name }) => name)).toEqual(["read_file", "search_files", "list_files", "propose_fix", "decline"])
    }),
  )

  it.effect("bounds what one reading gives, however much is asked for", () =>
    Effect.gen(function* () {
      const all = { calls: [{ name: "read_file", input: { path: "long.js", fromLine: 11, toLine: 9_999 } }] }
      const { requests, answer } = propose([all, calls("propose_fix", goodFix)], {}, { "long.js": "x\n".repeat(5_000) })
      yield* answer
      const [result] = requests[1]?.turns.flatMap((turn) => (turn.role === "results" ? turn.results : [])) ?? []
      expect(result?.text).toContain("long.js from line 11 of 5000")
      expect(result?.text.match(/^x$/gmu)).toHaveLength(400)
    }),
  )

  it.effect("gives the model one chance to mend an answer that does not fit", () =>
    Effect.gen(function* () {
      const wrong = { ...goodFix, edits: [{ path: "src/total.js", find: "return a * b", replace: "return a + b" }] }
      const { requests, answer } = propose([calls("propose_fix", wrong), calls("propose_fix", goodFix)])
      expect((yield* answer).type).toBe("fix-proposed")
      expect(JSON.stringify(requests[1]?.turns.at(-1))).toContain("does not stand in the file exactly so")
    }),
  )

  it.effect.each([
    ["prose, twice", [{ text: "Just add." }, { text: "As I said." }], "wrong twice"],
    ["an answer cut off, twice", [{ stop: "length" as const }, { stop: "length" as const }], "wrong twice"],
    ["no such schema, twice", [calls("propose_fix", { fix: 1 }), calls("propose_fix", "x")], "wrong twice"],
    ["no such tool, twice", [calls("write_file", {}), calls("bash", { command: "rm" })], "there is no tool"],
    ["a refusal", [{ text: "no", stop: "refused" as const }], "own rules ended"],
    ["a decline", [calls("decline", { reason: "the network was down" })], "the network was down"],
    ["reading without end", Array.from({ length: 9 }, () => calls("list_files", {})), "no answer after 8 turns"],
    [
      "edits of a redacted line",
      Array.from({ length: 2 }, () => calls("propose_fix", { ...goodFix, edits: [{ path: "env.js", find: "b = 1", replace: "b = 2" }] })),
      "redacted line",
    ],
    [
      "an edit that writes what is hidden",
      Array.from({ length: 2 }, () =>
        calls("propose_fix", { ...goodFix, edits: [{ path: "src/total.js", find: "a - b", replace: '"[redacted:password]"' }] }),
      ),
      "redacted line",
    ],
    [
      "too much at once",
      Array.from({ length: 2 }, () =>
        calls("propose_fix", { ...goodFix, edits: [], newFiles: [{ path: "big.txt", content: "line\n".repeat(500) }] }),
      ),
      "at most 400",
    ],
  ] satisfies ReadonlyArray<[string, ReadonlyArray<Scripted>, string]>)("declines on %s", ([, script, why]) =>
    Effect.gen(function* () {
      const more = { "env.js": "const password = '[redacted:password]'\nconst b = 1\n" }
      const answer = yield* propose(script, {}, more).answer
      expect(answer).toMatchObject({ type: "fix-declined", data: { why: expect.stringContaining(why), usage: { model: "scripted" } } })
    }),
  )

  it.effect("declines the very patch that was rejected before", () =>
    Effect.gen(function* () {
      const first = yield* propose([calls("propose_fix", goodFix)]).answer
      const patchSha256 = first.type === "fix-proposed" ? first.data.proposal.patch.sha256 : ""
      const rejections = [{ ...rejection, patchSha256 }]
      const again = yield* propose([calls("propose_fix", goodFix), calls("propose_fix", goodFix)], { rejections }).answer
      expect(again).toMatchObject({ type: "fix-declined", data: { why: expect.stringContaining("tried before and rejected") } })
      expect(patch.sha256).not.toBe(patchSha256)
    }),
  )

  it.effect("declines without a model, and says so", () =>
    Effect.gen(function* () {
      const answer = yield* handle(proposeFix()).pipe(Effect.provide([None.layer, Memory.layer(files)]), Effect.provideService(Lease, go))
      expect(answer).toEqual({ type: "fix-declined", data: { why: "no model is configured" } })
    }),
  )

  it.effect("answers the same when it is delivered twice", () =>
    Effect.gen(function* () {
      const { answer } = propose([calls("propose_fix", goodFix), calls("propose_fix", goodFix)])
      expect(yield* answer).toEqual(yield* answer)
    }),
  )
})
