/** What every layer of Embeddings promises. */
import { Effect, type Scope } from "effect"
import { describe, expect, it } from "vitest"
import type { Embeddings } from "./Embeddings.ts"
import type { Embedded } from "./Memories.ts"

type Opened = Effect.Effect<typeof Embeddings.Service, never, Scope.Scope>

/** The cosine of two unit vectors. */
export const cosine = (a: Embedded, b: Embedded) => a.vector.reduce((sum, value, index) => sum + value * (b.vector[index] ?? 0), 0)

/** Runs the contract on one layer. */
export const embeddingsSuite = (name: string, open: Opened) => {
  const embedAll = (...texts: ReadonlyArray<string>) =>
    Effect.runPromise(Effect.scoped(Effect.flatMap(open, ({ embed }) => Effect.forEach(texts, (text) => embed(text)))))

  describe(name, () => {
    it("makes unit vectors of one model and one length, also of texts that say nothing", async () => {
      const made = await embedAll("AssertionError: expected 3, got 4", "", "  ", "🔥", "x".repeat(12_000), "\ud800")
      expect(new Set(made.map(({ model }) => model)).size).toBe(1)
      expect(new Set(made.map(({ vector }) => vector.length)).size).toBe(1)
      for (const one of made) expect(cosine(one, one)).toBeCloseTo(1, 5)
    })

    it("puts the same text at the same place", async () => {
      const [first, second] = await embedAll("cannot find module ./cart", "cannot find module ./cart")
      expect(second).toEqual(first)
    })

    it("puts what is about the same nearer than what is not", async () => {
      const [asked, near, far] = await embedAll(
        "TypeError: cannot read properties of undefined reading total in cart",
        "TypeError: cannot read properties of undefined reading price in cart",
        "error: linker cc not found while building crate openssl",
      )
      if (asked === undefined || near === undefined || far === undefined) throw new Error("three texts, three vectors")
      expect(cosine(asked, near)).toBeGreaterThan(cosine(asked, far) + 0.3)
    })
  })
}
