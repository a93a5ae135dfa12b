import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { makeBoundedOutput } from "./bounded-output.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

describe("bounded output", () => {
  it("keeps everything that fits, however it was cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 8 })), (parts) => {
        const whole = bytes(parts.join(""))
        const output = makeBoundedOutput(2 * whole.length + 2)
        for (let at = 0; at < whole.length; at += 3) output.push(whole.subarray(at, at + 3))
        expect(output.read()).toEqual({ text: new TextDecoder().decode(whole), bytes: whole.length, truncated: false })
      }),
    )
  })

  it("keeps the start and the end of more, and says how much is missing", () => {
    const output = makeBoundedOutput(8)
    for (const part of ["start", "-middle-", "middle-", "end!"]) output.push(bytes(part))
    expect(output.read()).toEqual({ text: "star\n[... 16 bytes left out ...]\nend!", bytes: 24, truncated: true })
  })

  it("holds no more than its limit and one chunk", () => {
    const output = makeBoundedOutput(1000)
    const chunk = bytes("x".repeat(700))
    for (let n = 0; n < 1000; n += 1) output.push(chunk)
    expect(output.bytes()).toBe(700_000)
    expect(output.read().text.length).toBeLessThan(1100)
  })

  it("never shows half a character at the cut", () => {
    const output = makeBoundedOutput(9)
    output.push(bytes("aaé€😀".repeat(50)))
    expect(output.read().text).not.toContain("\uFFFD")
  })

  it("does not hold on to the buffer that a chunk came in", () => {
    const output = makeBoundedOutput(100)
    const chunk = bytes("before")
    output.push(chunk)
    chunk.fill(0)
    expect(output.read().text).toBe("before")
  })
})
