import { Effect } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ddmin, type Verdict } from "./ddmin.ts"

const range = (count: number) => Array.from({ length: count }, (_, at) => at)

/** Green as soon as every culprit is in the subset; counts what it is asked and refuses to be asked twice. */
const planted = (culprits: ReadonlyArray<number>, otherwise: (subset: ReadonlyArray<number>) => Verdict = () => "red") => {
  const asked = new Set<string>()
  const test = (subset: ReadonlyArray<number>) =>
    Effect.sync((): Verdict => {
      expect(asked.has(subset.join())).toBe(false)
      asked.add(subset.join())
      return culprits.every((culprit) => subset.includes(culprit)) ? "green" : otherwise(subset)
    })
  return { asked, test }
}

const run = (count: number, culprits: ReadonlyArray<number>, maxTests = 10_000, otherwise?: (subset: ReadonlyArray<number>) => Verdict) => {
  const { asked, test } = planted(culprits, otherwise)
  const found = Effect.runSync(ddmin(range(count), test, { maxTests }))
  expect(found.tests).toBe(asked.size)
  return found
}

describe("ddmin", () => {
  it("finds any single culprit with few tests", () => {
    for (const count of [1, 2, 3, 8, 64, 100]) {
      for (const culprit of range(count)) {
        const found = run(count, [culprit])
        expect(found.subset).toStrictEqual([culprit])
        expect(found.minimal).toBe(true)
        expect(found.tests).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(count)) + 1)
      }
    }
  })

  it("finds any pair, wherever the two stand", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), fc.nat(), (count, one, other) => {
        const pair = [...new Set([one % count, other % count])].sort((a, b) => a - b)
        expect(run(count, pair)).toMatchObject({ subset: pair, minimal: true })
      }),
    )
  })

  it("finds a minimum although some subsets do not even build", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 24 }),
        fc.nat(),
        fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }),
        (count, culprit, broken) => {
          const unresolved = (subset: ReadonlyArray<number>): Verdict =>
            broken[subset.reduce((sum, item) => (sum * 7 + item) % 64, subset.length)] ? "unresolved" : "red"
          expect(run(count, [culprit % count], 10_000, unresolved).subset).toStrictEqual([culprit % count])
        },
      ),
    )
  })

  it("gives a minimum from which nothing can be left out, even when green is not monotone", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.array(fc.boolean(), { minLength: 128, maxLength: 128 }), (count, table) => {
        const verdict = (subset: ReadonlyArray<number>): Verdict =>
          subset.length === count || table[subset.reduce((sum, item) => sum + 2 ** item, 0)] ? "green" : "red"
        const found = Effect.runSync(ddmin(range(count), (subset) => Effect.succeed(verdict(subset)), { maxTests: 1_000 }))
        expect(verdict(found.subset)).toBe("green")
        if (found.subset.length < 2) return
        for (const left of found.subset) expect(verdict(found.subset.filter((item) => item !== left))).toBe("red")
      }),
    )
  })

  it("stops at the number of tests and gives the smallest green subset so far", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
        (count, maxTests, picks) => {
          const culprits = [...new Set(picks.map((pick) => pick % count))]
          const found = run(count, culprits, maxTests)
          expect(found.tests).toBeLessThanOrEqual(maxTests)
          for (const culprit of culprits) expect(found.subset).toContain(culprit)
          if (found.minimal) expect(found.subset).toHaveLength(culprits.length)
        },
      ),
    )
  })

  it("says so when even everything together is not green, after one test", () => {
    const error = Effect.runSync(Effect.flip(ddmin(range(5), () => Effect.succeed("red" as const), { maxTests: 10 })))
    expect(error).toMatchObject({ _tag: "NotGreenTogether", verdict: "red", tests: 1 })
  })

  it("passes the test's own errors on", () => {
    expect(Effect.runSync(Effect.flip(ddmin(range(3), () => Effect.fail("sandbox gone" as const), { maxTests: 10 })))).toBe("sandbox gone")
  })
})
