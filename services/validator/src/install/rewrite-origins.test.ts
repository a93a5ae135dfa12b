import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { mirrored, outside, rewriteOrigins } from "./rewrite-origins.ts"

const origins = ["https://registry.test", "https://files.test"]
const plain = new URL("https://registry.test/")
const deep = new URL("https://registry.test/api/npm/main/")

describe("an address of the mirror", () => {
  it.each([
    [plain, "/~0/left-pad", "https://registry.test/left-pad"],
    [plain, "/~0/@scope%2fname?x=1", "https://registry.test/@scope%2fname?x=1"],
    [plain, "/left-pad/-/left-pad-1.0.0.tgz", "https://registry.test/left-pad/-/left-pad-1.0.0.tgz"],
    [plain, "/~1/a/b.whl", "https://files.test/a/b.whl"],
    [deep, "/~0/api/npm/main/left-pad", "https://registry.test/api/npm/main/left-pad"],
    [deep, "/~0/api/npm/main/~0/api/npm/main/left-pad/-/x.tgz", "https://registry.test/api/npm/main/left-pad/-/x.tgz"],
    [deep, "/~0/api/npm/main/api/npm/main/left-pad/-/x.tgz", "https://registry.test/api/npm/main/left-pad/-/x.tgz"],
    [deep, "/left-pad/-/x.tgz", "https://registry.test/api/npm/main/left-pad/-/x.tgz"],
  ])("of %s: %s is %s", (base, path, expected) => {
    expect(outside(path, base, origins)?.href).toBe(expected)
  })

  it("never leads to another origin", () => {
    expect(outside("/~7/x", plain, origins)).toBeUndefined()
    fc.assert(
      fc.property(fc.webUrl(), fc.string(), (address, text) => {
        for (const path of [`/${address}`, `//${address}`, `/~0/${address}`, `/~0//evil.test/${text}`, `/~1//evil.test`, `/\\evil.test`])
          expect(origins).toContain(outside(path, deep, origins)?.origin ?? origins[0])
      }),
    )
  })

  it("comes back from the registry's own", () => {
    expect(outside(new URL(mirrored(deep)).pathname, deep, origins)?.href).toBe(deep.href)
  })
})

it("rewrites every origin in an answer, wherever the stream was cut", async () => {
  const answer = `{"a":"https://registry.test/é/1.tgz","b":"https://files.test/2.whl","c":"https://other.test/"}`
  for (let size = 1; size < 40; size += 1) {
    const whole = Buffer.from(answer)
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) => whole.subarray(at * size, (at + 1) * size))
    const rewritten = await new Response(new Blob(chunks).stream().pipeThrough(rewriteOrigins(origins))).text()
    expect(rewritten).toBe(`{"a":"http://127.0.0.1:4873/~0/é/1.tgz","b":"http://127.0.0.1:4873/~1/2.whl","c":"https://other.test/"}`)
  }
})
