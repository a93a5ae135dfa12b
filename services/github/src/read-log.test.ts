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
    const bomb = zipSync({ "0_x.txt": new Uint8Array(20_000_000) })
    const { push } = makeUnzipper(() => true)
    const largest = Math.max(...push(bomb.subarray(0, 8_192)).map((chunk) => chunk.length))
    expect(largest).toBeLessThan(6_000_000)
  })
})

describe("the bound", () => {
  const room = { head: 12, tail: 8, read: 1_000 }
  const limited = (chunks: ReadonlyArray<string>, limits = room) =>
    Effect.runPromise(Stream.runCollect(bounded(Stream.fromIterable(chunks.map((chunk) => strToU8(chunk))), limits))).then(text)
  const inChunksOf = (size: number, all: string) =>
    Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))

  it.each([1, 3, 7, 100])("lets pass what is within it, in pieces of %d", async (size) => {
    for (const all of ["", "abc", "first\nlast\n", "no line end"]) expect(await limited(inChunksOf(size, all))).toBe(all)
  })

  it.each([1, 3, 7, 100])(
    "keeps the beginning and the end of what is longer, in whole lines, and says how much it left out, in pieces of %d",
    async (size) => {
      const all = await limited(inChunksOf(size, `first\n${"middle\n".repeat(40)}error\n`))
      const [head = "", left = "", tail = ""] = all.split(/\n\[the log goes on here: (\d+) bytes are left out\]\n/u)
      expect(head).toMatch(/^first\n/u)
      expect(tail).toBe("error\n")
      expect(head.length + Number(left) + tail.length).toBe("first\n".length + 40 * "middle\n".length + "error\n".length)
    },
  )

  it("begins the end with a whole line: half a secret would not be known as one", async () => {
    expect(await limited(["first\nsecond line\n", `${"x".repeat(40)}token\nend\n`])).toMatch(/left out\]\nend\n$/u)
    expect(await limited(["first\nsecond line\n", "one line without end".repeat(20)])).toMatch(/left out\]\n$/u)
  })

  it("reads no further than it was told, and says that too", async () => {
    let pulled = 0
    const endless = Stream.fromIterable(
      {
        *[Symbol.iterator]() {
          for (;;) {
            pulled += 1
            yield strToU8(`${"x".repeat(99)}\n`)
          }
        },
      },
      { chunkSize: 1 },
    )
    const all = text(await Effect.runPromise(Stream.runCollect(bounded(endless, { head: 250, tail: 250, read: 2_000 }))))
    expect(all).toMatch(/left out\]\n(?:x{99}\n){2}\n\[only the first 2000 bytes of the log were read\]\n$/u)
    expect(pulled).toBeLessThan(30)
  })
})
