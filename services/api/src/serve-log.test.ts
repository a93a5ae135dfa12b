import { describe, expect, it } from "vitest"
import { serveLog, sliceOf, spanOf } from "./serve-log.ts"

describe("a range", () => {
  it.each([
    ["bytes=0-4", { first: 0, last: 4 }],
    ["bytes=5-", { first: 5, last: 9 }],
    ["bytes=-3", { first: 7, last: 9 }],
    ["bytes=-30", { first: 0, last: 9 }],
    ["bytes=8-99", { first: 8, last: 9 }],
    ["bytes=10-", "none"],
    ["bytes=-0", "none"],
    [null, "all"],
    ["", "all"],
    ["bytes=-", "all"],
    ["bytes=4-2", "all"],
    ["bytes=0-1,3-4", "all"],
    ["lines=0-1", "all"],
    ["bytes=a-b", "all"],
  ])("%s of ten bytes", (header, span) => {
    expect(spanOf(header, 10)).toEqual(span)
  })

  it("of nothing is not there", () => {
    expect(spanOf("bytes=0-", 0)).toBe("none")
  })
})

const chunks = ["abc", "", "defg", "h", "ij"]
/** A log in chunks that counts how many were read, and says whether the rest was given up. */
const logOf = (parts: ReadonlyArray<string>) => {
  const seen = { read: 0, cancelled: false }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const part = parts[seen.read]
        seen.read += 1
        if (part === undefined) controller.close()
        else controller.enqueue(new TextEncoder().encode(part))
      },
      cancel: () => {
        seen.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { seen, stream }
}

describe("a slice of a log", () => {
  it("is the same bytes, wherever its chunks begin and end", async () => {
    for (let first = 0; first < 10; first += 1)
      for (let last = first; last < 10; last += 1)
        expect(await new Response(sliceOf(logOf(chunks).stream, { first, last })).text()).toBe("abcdefghij".slice(first, last + 1))
  })

  it("reads nothing behind its end", async () => {
    const { seen, stream } = logOf(chunks)
    expect(await new Response(sliceOf(stream, { first: 0, last: 3 })).text()).toBe("abcd")
    expect(seen).toEqual({ read: 3, cancelled: true })
  })

  it("lets go of the log when nobody reads on", async () => {
    const { seen, stream } = logOf(chunks)
    await sliceOf(stream, { first: 0, last: 9 }).cancel()
    expect(seen.cancelled).toBe(true)
  })
})

describe("a log", () => {
  const serve = (headers: Record<string, string>) =>
    serveLog(logOf(chunks).stream, { key: "k", sha256: "a".repeat(64), bytes: 10 }, { headers: new Headers(headers) })
  const etag = `"${"a".repeat(64)}"`

  it("is given whole, in part, or not, and says which", async () => {
    const whole = serve({})
    expect([whole.status, whole.headers.get("accept-ranges"), await whole.text()]).toEqual([200, "bytes", "abcdefghij"])
    const part = serve({ range: "bytes=2-4", "if-range": etag })
    expect([part.status, part.headers.get("content-range"), part.headers.get("content-length"), await part.text()]).toEqual([
      206,
      "bytes 2-4/10",
      "3",
      "cde",
    ])
    const none = serve({ range: "bytes=10-" })
    expect([none.status, none.headers.get("content-range")]).toEqual([416, "bytes */10"])
  })

  it("that is another by now is given whole", () => {
    expect(serve({ range: "bytes=2-4", "if-range": '"another"' }).status).toBe(200)
  })
})
