import { Effect, Stream } from "effect"
import { strToU8, zipSync } from "fflate"
import { describe, expect, it } from "vitest"
import { bounded, readLog } from "./read-log.ts"
import { isLogOf, isZip, makeUnzipper } from "./unzip-entries.ts"

const text = (chunks: ReadonlyArray<Uint8Array>) => Buffer.concat(chunks).toString()
const inPieces = (bytes: Uint8Array, size: number) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size))
      controller.close()
    },
  })
const read = (stream: ReadableStream<Uint8Array>, wanted = (_name: string) => true) =>
  Effect.runPromise(Effect.result(Stream.runCollect(readLog(stream, wanted)))).then((outcome) =>
    outcome._tag === "Success" ? text(outcome.success) : outcome.failure,
  )
const long = "a line of a log\n".repeat(40_000)
const archive = zipSync({
  "0_build.txt": strToU8(long),
  "build/1_Set up.txt": strToU8("step\n"),
  "1_test (20, linux).txt": [strToU8("stored\n"), { level: 0 }],
})

describe("a log", () => {
  it("that is plain text comes as it is", async () => {
    expect(await read(inPieces(strToU8(long), 1_000))).toBe(long)
  })

  it.each([7, 100, 1_000_000])("that is an archive comes as the wanted entries, cut into pieces of %d", async (size) => {
    expect(await read(inPieces(archive, size), isLogOf("build"))).toBe(long)
    expect(await read(inPieces(archive, size), isLogOf("test (20, linux)"))).toBe("stored\n")
    expect(await read(inPieces(archive, size), isLogOf("deploy"))).toBe("")
  })

  it("whose download breaks is unclear, not short", async () => {
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(strToU8("half a l")),
      pull: () => Promise.reject(new Error("reset")),
    })
    expect(await read(broken)).toMatchObject({ _tag: "Unclear" })
  })

  it("whose archive is broken is garbled", async () => {
    const broken = archive.slice()
    broken.fill(0xff, 45, 400)
    expect(await read(inPieces(broken, 50), () => true)).toMatchObject({ _tag: "Garbled" })
  })
})

describe("the names in an archive", () => {
  it.each([
    ["0_build.txt", "build", true],
    ["12_e2e  chrome.txt", "e2e / chrome", true],
    ["0_Build.txt", "build", true],
    ["build/1_Run.txt", "build", false],
    ["0_build.txt", "build2", false],
    ["build.txt", "build", false],
  ])("%s is the log of %s: %s", (name, job, is) => {
    expect(isLogOf(job)(name)).toBe(is)
  })

  it("are looked at only where there is an archive", () => {
    expect(isZip(archive)).toBe(true)
    expect(isZip(strToU8("PK is how this line starts"))).toBe(false)
  })
})

describe("a bomb", () => {
  it("is inflated piece by piece", () => {
    const bomb = zipSync({ "0_x.txt": new Uint8Array(50_000_000) })
    const { push } = makeUnzipper(() => true)
    const largest = Math.max(...push(bomb.subarray(0, 8_192)).map((chunk) => chunk.length))
    expect(largest).toBeLessThan(6_000_000)
  })
})

describe("the bound", () => {
  const limited = (chunks: ReadonlyArray<string>, most: number) =>
    Effect.runPromise(Stream.runCollect(bounded(Stream.fromIterable(chunks.map((chunk) => strToU8(chunk))), most))).then(text)

  it("lets pass what is within it", async () => {
    expect(await limited(["abc", "def"], 6)).toBe("abcdef")
  })

  it("cuts what is beyond it, says so, and reads no further", async () => {
    let pulled = 0
    const endless = Stream.fromIterable(
      {
        *[Symbol.iterator]() {
          for (;;) {
            pulled += 1
            yield strToU8("x".repeat(100))
          }
        },
      },
      { chunkSize: 1 },
    )
    const all = text(await Effect.runPromise(Stream.runCollect(bounded(endless, 250))))
    expect(all).toBe(`${"x".repeat(250)}\n[the log goes on, but was cut here after 250 bytes]\n`)
    expect(pulled).toBeLessThan(10)
  })
})
