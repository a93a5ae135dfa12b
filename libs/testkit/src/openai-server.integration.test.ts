import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { wordVector } from "./openai-embeddings.ts"
import * as openai from "./openai-replies.ts"
import { type OpenAiServer, startOpenAi } from "./openai-server.ts"

describe("the OpenAI-compatible server", () => {
  let server: OpenAiServer
  beforeEach(async () => {
    server = await startOpenAi({ contextTokens: 1_000 })
  })
  afterEach(() => server.stop())

  const post = (path: string, body: unknown, key = "test-key") =>
    fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: typeof body === "string" ? body : JSON.stringify(body),
    })
  const chat = { model: "gpt-6.1-sol", messages: [{ role: "user", content: "hello" }] }

  it("answers whole, with tool calls as JSON text", async () => {
    server.reply(openai.says("hi"), openai.uses("read", { path: "a" }), openai.uses("read", "{oops"))
    const answers = []
    for (let n = 0; n < 3; n += 1) answers.push(await (await post("/chat/completions", chat)).json())
    expect(answers).toMatchObject([
      { choices: [{ message: { content: "hi" }, finish_reason: "stop" }], usage: { prompt_tokens: 2 } },
      { choices: [{ message: { content: null, tool_calls: [{ function: { name: "read", arguments: '{"path":"a"}' } }] } }] },
      { choices: [{ message: { tool_calls: [{ function: { arguments: "{oops" } }] }, finish_reason: "tool_calls" }] },
    ])
  })

  it("streams chunks, usage when asked for, and [DONE]", async () => {
    server.replyAlways(openai.says("ab"))
    const plain = await (await post("/chat/completions", { ...chat, stream: true })).text()
    const counted = await (await post("/chat/completions", { ...chat, stream: true, stream_options: { include_usage: true } })).text()
    expect(plain.match(/"content":"[ab]"/g)).toEqual(['"content":"a"', '"content":"b"'])
    expect([plain.includes('"usage"'), counted.includes('"choices":[],"usage"')]).toEqual([false, true])
    expect(counted.endsWith("data: [DONE]\n\n")).toBe(true)
  })

  const called = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "c1", type: "function", function: { name: "read", arguments: "{}" } }],
  }
  it.each([
    ["a wrong key", chat, "wrong", 401],
    ["no JSON", "{", "test-key", 400],
    ["no messages", { ...chat, messages: [] }, "test-key", 400],
    ["two limits at once", { ...chat, max_tokens: 1, max_completion_tokens: 1 }, "test-key", 400],
    ["a tool call left unanswered", { ...chat, messages: [called, ...chat.messages] }, "test-key", 400],
    ["an answer to no call", { ...chat, messages: [{ role: "tool", tool_call_id: "c1", content: "" }] }, "test-key", 400],
    ["a prompt that is too long", { ...chat, messages: [{ role: "user", content: "x".repeat(8_000) }] }, "test-key", 400],
  ])("refuses %s", async (_, body, key, status) => {
    const response = await post("/chat/completions", body, key)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } })
    expect(server.requests).toEqual([])
  })

  it("embeds texts by their words, as numbers or in base64, with the asked dimensions", async () => {
    const answer = async (format: string) => {
      const request = { model: "e", input: ["red apple", "Red  apple!"], dimensions: 8, encoding_format: format }
      return (await post("/embeddings", request)).json()
    }
    const vector = wordVector("red apple", 8)
    const packed = Buffer.from(new Float32Array(vector).buffer).toString("base64")
    expect(vector).toHaveLength(8)
    expect(await answer("float")).toMatchObject({ data: [{ embedding: vector }, { embedding: vector }] })
    expect(await answer("base64")).toMatchObject({ data: [{ embedding: packed }, { embedding: packed }] })
  })

  it("places texts that share words nearer than texts that do not", () => {
    const near = (a: string, b: string) =>
      wordVector(a, 512).reduce((sum, value, place) => sum + value * (wordVector(b, 512)[place] ?? 0), 0)
    expect(near("cannot read property of undefined", "cannot read property x")).toBeGreaterThan(0.5)
    expect(near("cannot read property of undefined", "segmentation fault")).toBeLessThan(0.2)
  })

  it("fails embeddings as told", async () => {
    server.failEmbeddings(openai.rateLimited(3), openai.resets)
    const limited = await post("/embeddings", { model: "e", input: "x" })
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"])
    await expect(post("/embeddings", { model: "e", input: "x" })).rejects.toThrow()
    expect((await post("/embeddings", { model: "e", input: "x" })).status).toBe(200)
  })

  it("breaks, fails and stalls in mid-stream", async () => {
    server.reply(openai.breaks(), openai.failsInStream(), openai.stalls())
    const stream = { ...chat, stream: true }
    await expect((await post("/chat/completions", stream)).text()).rejects.toThrow()
    expect(await (await post("/chat/completions", stream)).text()).toContain('"error":{"message"')
    const stalled = await post("/chat/completions", stream)
    await stalled.body?.cancel()
    await server.hungUp(2)
  })
})
