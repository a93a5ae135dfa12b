import * as openai from "@ci-fix-pilot/testkit/openai-replies"
import { type OpenAiServer, startOpenAi } from "@ci-fix-pilot/testkit/openai-server"
import { ConfigProvider, Effect, Exit, Fiber, Redacted } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import * as Hashed from "./Embeddings.hashed.ts"
import * as Live from "./Embeddings.live.ts"
import { type EndpointSettings, make } from "./Embeddings.openai.ts"
import { embeddingsSuite } from "./Embeddings.suite.ts"
import { Embeddings } from "./Embeddings.ts"

const key = "sk-embedding-0123456789abcdef"
let server: OpenAiServer
beforeEach(async () => {
  server = await startOpenAi({ apiKey: key })
})
afterEach(() => server.stop())

/** ms: short only where nothing comes on purpose, so that a busy machine is not taken for a silent service. */
const patience = 500
const endpoint = (other: Partial<EndpointSettings> = {}) =>
  make({ url: server.url, key: Redacted.make(key), model: "small", timeoutMs: 20_000, ...other })
const failing = (text = "it went wrong", other: Partial<EndpointSettings> = {}) =>
  Effect.runPromise(Effect.flip(endpoint(other).embed(text)))

embeddingsSuite("Embeddings.hashed", Embeddings.use(Effect.succeed).pipe(Effect.provide(Hashed.layer)))
embeddingsSuite(
  "Embeddings.openai",
  Effect.sync(() => endpoint()),
)

describe("Embeddings.openai", () => {
  it("keeps vectors of different lengths under different names", async () => {
    expect((await Effect.runPromise(endpoint().embed("x"))).model).toBe("small/1536")
    expect(server.embeddings).toMatchObject([{ model: "small", inputs: ["x"] }])
  })

  it.each([
    ["a refused key", openai.fails(401, `key ${key} is wrong`), { permanent: true }],
    ["a missing permission", openai.fails(403), { permanent: true }],
    ["an unknown model", openai.fails(404), { permanent: true }],
    ["a bad request", openai.fails(400), { permanent: true }],
    ["a used-up quota", openai.rateLimited(), { permanent: true }],
    ["a rate limit that says how long", openai.rateLimited(7), { permanent: false, afterMs: 7_000 }],
    ["a rate limit that does not", openai.fails(429), { permanent: false, afterMs: 30_000 }],
    ["a rate limit of next year", openai.rateLimited(40_000_000), { permanent: false, afterMs: 3_600_000 }],
    ["a server's error", openai.fails(500), { permanent: false }],
    ["an overload", openai.overloaded(), { permanent: false }],
    ["silence", openai.silent, { permanent: false }],
    ["a reset", openai.resets, { permanent: false }],
    ["a page that is no answer", openai.garbage, { permanent: false }],
  ])("tells %s apart, asks once and keeps the key to itself", async (_, reply, expected) => {
    server.failEmbeddings(reply)
    const told = await failing(undefined, reply === openai.silent ? { timeoutMs: patience } : {})
    expect(told).toMatchObject({ _tag: "EmbeddingFailed", ...expected })
    if (!("afterMs" in expected)) expect(told).not.toHaveProperty("afterMs")
    expect(JSON.stringify(told)).not.toContain(key)
    expect(server.embeddings).toHaveLength(1)
  })

  const wire = (body: unknown, pieces = [JSON.stringify(body)], ending: "end" | "stall" = "end") => ({
    kind: "wire" as const,
    outcome: { status: 200, headers: { "content-type": "application/json" }, pieces, ending },
  })
  it.each([
    ["no vector", wire({ data: [] })],
    ["an empty vector", wire({ data: [{ embedding: [] }] })],
    ["a vector of nothing", wire({ data: [{ embedding: [0, 0, 0] }] })],
    ["a vector of words", wire({ data: [{ embedding: ["a"] }] })],
    ["a vector that is too long", wire({ data: [{ embedding: Array(16_001).fill(1) }] })],
    ["an answer without end", wire(undefined, Array(40).fill("x".repeat(65_536)))],
    ["half an answer", wire(undefined, ['{"data":'], "stall")],
  ])("takes %s for no answer", async (_, reply) => {
    server.failEmbeddings(reply)
    const stalls = reply.outcome.ending === "stall"
    expect(await failing(undefined, stalls ? { timeoutMs: patience } : {})).toMatchObject({ permanent: false })
  })

  it("does not follow a redirect with the key", async () => {
    server.failEmbeddings({ kind: "wire", outcome: { status: 302, headers: { location: `${server.url}/embeddings` }, pieces: [] } })
    expect(await failing()).toMatchObject({ permanent: true })
    expect(server.log).toHaveLength(1)
  })

  it("asks once more, shorter, when the text is too long for the model", async () => {
    server.failEmbeddings(openai.fails(400, "maximum context length is 512 tokens"))
    await Effect.runPromise(endpoint().embed("word ".repeat(1_000)))
    expect(server.embeddings.map(({ inputs }) => inputs[0]?.length)).toEqual([4_999, 1_200])
    server.failEmbeddings(openai.fails(413), openai.fails(413))
    expect(await failing("word ".repeat(1_000))).toMatchObject({ permanent: true })
  })

  it("says in its notes that it was refused, until it is not", async () => {
    const { embed, notes } = endpoint()
    const noted = async (reply?: ReturnType<typeof openai.fails>) => {
      if (reply !== undefined) server.failEmbeddings(reply)
      await Effect.runPromise(Effect.exit(embed("x")))
      return Effect.runPromise(notes)
    }
    expect(await noted(openai.fails(500))).toEqual([])
    expect(await noted(openai.fails(401, `key ${key} is wrong`))).toEqual([
      "the embedding service answered 401: key [redacted:known] is wrong: failures are compared by hashed words meanwhile; check CI_HEALING_EMBEDDINGS_URL, _KEY and _MODEL",
    ])
    expect(await noted(openai.fails(500))).toHaveLength(1)
    expect(await noted()).toEqual([])
  })

  it("lets no secret out that an earlier step overlooked", async () => {
    await Effect.runPromise(endpoint().embed(`export TOKEN=ghp_${"a1B2".repeat(9)} and ${key}`))
    expect(server.log[0]?.body).not.toMatch(/ghp_|sk-embedding/)
  })

  it("asks without a key where none is needed, and is refused where one is", async () => {
    expect(await failing("x", { key: undefined })).toMatchObject({ permanent: true })
    expect(server.log[0]?.headers).not.toHaveProperty("authorization")
  })

  it("says that nobody is there", async () => {
    await server.stop()
    expect(await failing()).toMatchObject({ permanent: false, why: "the embedding service did not answer" })
  })

  it("hangs up when it is interrupted", async () => {
    server.failEmbeddings(openai.silent)
    const asking = Effect.runFork(endpoint({ timeoutMs: 60_000 }).embed("x"))
    await server.received(1)
    await Effect.runPromise(Fiber.interrupt(asking))
    await server.hungUp(1)
    expect(Exit.hasInterrupts(await Effect.runPromise(Fiber.await(asking)))).toBe(true)
  })
})

describe("Embeddings.live", () => {
  const modelOf = (variables: Record<string, string>) =>
    Effect.runPromise(
      Embeddings.use(({ embed }) => embed("x")).pipe(
        Effect.map(({ model }) => model),
        Effect.provide(Live.layer),
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(variables)),
      ),
    )

  it("needs no service unless one is named", async () => {
    expect(await modelOf({})).toBe("hashed-384")
    expect(await modelOf({ CI_HEALING_EMBEDDINGS_URL: "", CI_HEALING_EMBEDDINGS_KEY: key })).toBe("hashed-384")
  })

  it("asks the endpoint that is named, for the model that is named", async () => {
    const variables = { CI_HEALING_EMBEDDINGS_URL: `${server.url}/`, CI_HEALING_EMBEDDINGS_KEY: key }
    expect(await modelOf(variables)).toBe("text-embedding-3-small/1536")
    expect(await modelOf({ ...variables, CI_HEALING_EMBEDDINGS_MODEL: "mine" })).toBe("mine/1536")
  })

  it("stops at an address that is none, and names the variable", async () => {
    await expect(modelOf({ CI_HEALING_EMBEDDINGS_URL: "file:///etc/passwd" })).rejects.toThrow(/CI_HEALING_EMBEDDINGS_URL/)
  })
})
