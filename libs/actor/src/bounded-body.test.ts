import { describe, expect, it } from "vitest"
import { announcedBytes, readBounded } from "./bounded-body.ts"

const maxBytes = 100
const never = new AbortController().signal
const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : new TextDecoder().decode(bytes))

/** A body in chunks of ten bytes, and how many of them were asked for. */
const chunked = (chunks: number, headers: Record<string, string> = {}) => {
  let given = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (given === chunks) return controller.close()
        given += 1
        controller.enqueue(new TextEncoder().encode("0123456789"))
      },
    },
    { highWaterMark: 0 },
  )
  return { request: new Request("http://api.test/", { method: "POST", body, headers }), given: () => given }
}

describe("a body", () => {
  it("of so many bytes is read, announced or not", async () => {
    const announced = new Request("http://api.test/", { method: "POST", body: "x".repeat(100), headers: { "content-length": "100" } })
    expect(text(await readBounded(announced, maxBytes, never))).toBe("x".repeat(100))
    expect(text(await readBounded(chunked(10).request, maxBytes, never))).toBe("0123456789".repeat(10))
  })

  it("may be none", async () => {
    expect(text(await readBounded(new Request("http://api.test/"), maxBytes, never))).toBe("")
  })

  it("that announces more is not touched", async () => {
    const { request, given } = chunked(20, { "content-length": "101" })
    expect([await readBounded(request, maxBytes, never), given()]).toEqual([undefined, 0])
  })

  it("that turns out to have more is read no further, whatever it announced", async () => {
    for (const headers of [{}, { "content-length": "5", "transfer-encoding": "chunked" }]) {
      const { request, given } = chunked(1_000, headers)
      expect([await readBounded(request, maxBytes, never), given()]).toEqual([undefined, 11])
    }
  })

  it("that says two things of its length has none", () => {
    expect(announcedBytes(new Headers({ "content-length": "5", "transfer-encoding": "chunked" }))).toBeUndefined()
    expect(announcedBytes(new Headers({ "content-length": "5" }))).toBe(5)
  })
})
