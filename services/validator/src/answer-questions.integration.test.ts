import { Bus } from "@ci-fix-pilot/actor/Bus"
import { Away, ListAnswer, ReadFileAnswer, SearchAnswer } from "@ci-fix-pilot/contract/questions"
import { asks } from "@ci-fix-pilot/contract/subjects"
import { Effect, Layer, Schema } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { layer } from "./answer-questions.ts"
import { makeWorld } from "./validator-fixture.ts"
import { makeRepository, type RepositoryFixture } from "./workspace/repository-fixture.ts"

let repository: RepositoryFixture
let world: ReturnType<typeof makeWorld>
beforeEach(() => {
  repository = makeRepository("acme/shop")
  world = makeWorld(repository.mirrorUrl)
})
afterEach(() => {
  repository.remove()
  world.remove()
})

const answers = { readFile: ReadFileAnswer, search: SearchAnswer, list: ListAnswer } as const

/** Asks over the bus, as the ai service does; the answer must fit its schema and a message. */
const ask = (kind: keyof typeof answers, question: object) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const bus = yield* Bus
      const text = yield* bus.ask(asks[kind], JSON.stringify(question), 20_000).pipe(Effect.retry({ times: 20 }))
      expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024)
      return yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Union([...Object.values(answers), Away])))(text)
    }).pipe(Effect.provide(layer.pipe(Layer.provideMerge(world.everything)))),
  )

const key = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`

describe("questions about files", () => {
  it("reads a file or some of its lines, without secrets", async () => {
    const target = repository.at(repository.commit({ "src/a.js": `one\ntwo\nconst key = "${key}"\nfour\n` }))
    expect(await ask("readFile", { target, path: "src/a.js", fromLine: 2, toLine: 2 })).toEqual({ text: "two", fromLine: 2, totalLines: 4 })
    const whole = await ask("readFile", { target, path: "src/a.js" })
    expect(whole).toMatchObject({ totalLines: 4, text: expect.stringContaining("[redacted:") })
    expect(JSON.stringify(whole)).not.toContain(key)
  })

  it("says when the last line of a file has no line feed", async () => {
    const target = repository.at(repository.commit({ "a.txt": "one\ntwo", "b.txt": "one\ntwo\n" }))
    expect(await ask("readFile", { target, path: "a.txt" })).toEqual({ text: "one\ntwo", fromLine: 1, totalLines: 2, finalNewline: false })
    expect(await ask("readFile", { target, path: "a.txt", toLine: 1 })).toEqual({ text: "one", fromLine: 1, totalLines: 2 })
    expect(await ask("readFile", { target, path: "b.txt" })).toEqual({ text: "one\ntwo", fromLine: 1, totalLines: 2 })
  })

  it("says what is missing instead of leaving the repository", async () => {
    const target = repository.at(repository.commit({ "a.txt": "x\n", link: { link: "/etc/passwd" }, "pic.png": "\u0000\u0001" }))
    for (const path of ["/etc/passwd", "../x", "link", "link/x", ".git/config", "gone", "pic.png", ""])
      expect(await ask("readFile", { target, path }), path).toEqual({ missing: expect.any(String) })
    expect(await ask("list", { target, under: "../..", limit: 10 })).toEqual({ missing: expect.any(String) })
    expect(await ask("readFile", { target: { ...target, commitSha: "0".repeat(40) }, path: "a.txt" })).toEqual({
      missing: expect.any(String),
    })
    expect(await ask("search", { nonsense: true })).toEqual({ missing: expect.any(String) })
  })

  it("says that it cannot tell just now instead of calling anything missing", async () => {
    const target = repository.at(repository.commit({ "a.txt": "x\n" }))
    world.remove()
    world = makeWorld("http://127.0.0.1:9/git")
    for (const [kind, rest] of [
      ["readFile", { path: "a.txt" }],
      ["search", { text: "x", limit: 1 }],
      ["list", { limit: 1 }],
    ] as const)
      expect(await ask(kind, { target, ...rest }), kind).toEqual({ away: expect.any(String) })
  })

  it("keeps long answers within a message", async () => {
    const target = repository.at(
      repository.commit({
        "long.txt": "word ".repeat(100_000),
        "many.txt": "needle in a line\n".repeat(60_000),
        ...Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`dir/file-${index}.txt`, "x"])),
      }),
    )
    const long = await ask("readFile", { target, path: "long.txt" })
    expect("text" in long && long.text.length).toBe(64_000)
    const cut = await ask("readFile", { target, path: "many.txt" })
    expect("text" in cut && cut.text.split("\n").every((line) => line === "needle in a line")).toBe(true)
    expect(await ask("search", { target, text: "needle", limit: 100_000 })).toMatchObject({ hits: { length: 500 } })
    expect(await ask("list", { target, under: "dir", limit: 100_000 })).toMatchObject({ paths: { length: 500 }, total: 700 })
  })

  it("finds literal text and lists paths", async () => {
    const target = repository.at(
      repository.commit({ "src/a.js": "call(x.y)\ncallXxZy\n", "src/b/c.js": "nothing\n", "z.md": "call(x.y)\n" }),
    )
    expect(await ask("search", { target, text: "(x.y)", limit: 10 })).toEqual({
      hits: [
        { path: "src/a.js", line: 1, text: "call(x.y)" },
        { path: "z.md", line: 1, text: "call(x.y)" },
      ],
    })
    expect(await ask("search", { target, text: "--open-files-in-pager=touch /tmp/x", limit: 10 })).toEqual({ hits: [] })
    expect(await ask("list", { target, under: "src/", limit: 1 })).toEqual({ paths: ["src/a.js"], total: 2 })
    expect(await ask("list", { target, limit: 10 })).toEqual({ paths: ["src/a.js", "src/b/c.js", "z.md"], total: 3 })
  })
})
