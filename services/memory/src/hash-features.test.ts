import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { dimensions, embedByHash, hashFeatures } from "./hash-features.ts"
import { logs } from "./stories.suite.ts"

const cosine = (a: string, b: string) => {
  const other = hashFeatures(b)
  return hashFeatures(a).reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)
}

describe("hashed features", () => {
  it("are a unit vector of every text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const vector = hashFeatures(text)
        expect(vector).toHaveLength(dimensions)
        expect(Math.hypot(...vector)).toBeCloseTo(1, 9)
      }),
    )
  })

  it("are the same for ever: what is stored depends on them", () => {
    const { model, vector } = embedByHash(logs.cart)
    const digest = sha256Hex(JSON.stringify(vector.map((value) => value.toFixed(6))))
    expect([model, digest.slice(0, 16)]).toEqual(["hashed-384", "bb525dbc983f2b08"])
  })

  it("do not see what changes from run to run", () => {
    expect(cosine("timeout after 1532 ms at 0x7ffe12 in build 9f8e7d6c5b", "timeout after 88 ms at 0x1 in build aabbccd")).toBeCloseTo(1, 6)
  })

  it("put one failure near itself elsewhere, and far from all others", () => {
    const { cart, cartElsewhere, ...others } = logs
    expect(cosine(cart, cartElsewhere)).toBeGreaterThan(0.8)
    for (const other of Object.values(others)) expect(cosine(cart, other)).toBeLessThan(0.3)
  })
})
