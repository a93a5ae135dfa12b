import { createHmac } from "node:crypto"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isSigned, isSignedLegacy } from "./verify-signature.ts"

const secrets = ["new secret", "old secret"]
const body = new TextEncoder().encode('{"errorLog":"boom"}')
const sign = (secret: string, bytes: Uint8Array = body) => `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`
const signLegacy = (secret: string, log: string) => sha256Hex(`${secret}:${log}`)

describe("a signature", () => {
  it.each(secrets)("is good when made with any live secret: %s", (secret) => {
    expect(isSigned(body, sign(secret), secrets)).toBe(true)
  })

  it("is good in upper case too", () => {
    expect(isSigned(body, `sha256=${sign("new secret").slice(7).toUpperCase()}`, secrets)).toBe(true)
  })

  it("fits the example that GitHub publishes", () => {
    const hello = new TextEncoder().encode("Hello, World!")
    const header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    expect(isSigned(hello, header, ["It's a Secret to Everybody"])).toBe(true)
  })

  it("is bad with a retired secret, an empty one, or no secret at all", () => {
    expect(isSigned(body, sign("retired"), secrets)).toBe(false)
    expect(isSigned(body, sign(""), secrets)).toBe(false)
    expect(isSigned(body, sign(""), [])).toBe(false)
  })

  it("is bad after any change of any one of its characters", () => {
    const good = sign("new secret")
    const change = fc.tuple(fc.nat(good.length - 1), fc.constantFrom(..."0123456789abcdefg=. \n"))
    fc.assert(
      fc.property(change, ([at, character]) => {
        fc.pre(good[at] !== character)
        expect(isSigned(body, good.slice(0, at) + character + good.slice(at + 1), secrets)).toBe(false)
      }),
    )
  })

  it("is bad after any change of any one bit of the body", () => {
    fc.assert(
      fc.property(fc.nat(body.length * 8 - 1), (bit) => {
        const changed = Uint8Array.from(body)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(isSigned(changed, sign("new secret"), secrets)).toBe(false)
      }),
    )
  })

  it.each([
    "",
    "sha256=",
    "sha256",
    "sha1=aa",
    sign("new secret").slice(7),
    `${sign("new secret")}00`,
    sign("new secret").slice(0, -1),
    "sha256=é",
  ])("is bad in any other form: %s", (header) => {
    expect(isSigned(body, header, secrets)).toBe(false)
  })
})

describe("an older signature", () => {
  it("is the hash of secret, colon and log", () => {
    expect(isSignedLegacy("boom", signLegacy("old secret", "boom"), secrets)).toBe(true)
    expect(isSignedLegacy("boom!", signLegacy("old secret", "boom"), secrets)).toBe(false)
    expect(isSignedLegacy("boom", signLegacy("retired", "boom"), secrets)).toBe(false)
    expect(isSignedLegacy("boom", "", secrets)).toBe(false)
  })

  it("never passes for a new one, nor the other way round", () => {
    expect(isSigned(body, `sha256=${signLegacy("new secret", "boom")}`, secrets)).toBe(false)
    expect(isSignedLegacy("boom", sign("new secret").slice(7), secrets)).toBe(false)
  })
})
