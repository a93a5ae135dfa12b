import { afterEach, beforeEach, describe, expect, it } from "vitest"
import * as anthropic from "./anthropic-replies.ts"
import { type AnthropicServer, startAnthropic } from "./anthropic-server.ts"

describe("the Anthropic server", () => {
  let server: AnthropicServer
  beforeEach(async () => {
    server = await startAnthropic({ contextTokens: 1_000, maxBytes: 20_000 })
  })
  afterEach(() => server.stop())

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": "test-key", "anthropic-version": "2023-06-01", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    })
  const hello = { model: "claude-sonnet-5-5", max_tokens: 100, messages: [{ role: "user", content: "hello" }] }

  it("answers in order, then as always", async () => {
    server.reply(anthropic.says("one"), (request) => anthropic.says(`${request.text}!`))
    server.replyAlways(anthropic.uses("read", { path: "a" }))
    const answers = []
    for (let n = 0; n < 3; n += 1) answers.push(await (await post(hello)).json())
    expect(answers).toMatchObject([
      { content: [{ text: "one" }], stop_reason: "end_turn" },
      { content: [{ text: "\nhello!" }] },
      { content: [{ type: "tool_use", name: "read", input: { path: "a" } }], stop_reason: "tool_use" },
    ])
    expect(server.requests.map((request) => request.model)).toEqual(["claude-sonnet-5-5", "claude-sonnet-5-5", "claude-sonnet-5-5"])
  })

  it("streams the events of the published protocol", async () => {
    server.reply(anthropic.says("four words, two halves"))
    const text = await (await post({ ...hello, stream: true })).text()
    expect(text.match(/^event: .*$/gm)).toEqual([
      "event: message_start",
      "event: content_block_start",
      "event: ping",
      "event: content_block_delta",
      "event: content_block_delta",
      "event: content_block_stop",
      "event: message_delta",
      "event: message_stop",
    ])
  })

  it.each([
    ["no key", hello, { "x-api-key": "wrong" }, 401, "authentication_error"],
    ["no version", hello, { "anthropic-version": "" }, 400, "invalid_request_error"],
    ["a version that never was", hello, { "anthropic-version": "2024-01-01" }, 400, "invalid_request_error"],
    ["a temperature", { ...hello, temperature: 0 }, { "anthropic-version": "2026-10-21" }, 400, "invalid_request_error"],
    ["no JSON", "{", {}, 400, "invalid_request_error"],
    ["an empty text", { ...hello, messages: [{ role: "user", content: "" }] }, {}, 400, "invalid_request_error"],
    ["no messages", { ...hello, messages: [] }, {}, 400, "invalid_request_error"],
    ["a prompt that is too long", { ...hello, messages: [{ role: "user", content: "x".repeat(8_000) }] }, {}, 400, "invalid_request_error"],
    ["a body that is too large", { ...hello, messages: [{ role: "user", content: "x".repeat(30_000) }] }, {}, 413, "request_too_large"],
    [
      "a tool call left unanswered",
      {
        ...hello,
        messages: [
          ...hello.messages,
          { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "read", input: {} }] },
          ...hello.messages,
        ],
      },
      {},
      400,
      "invalid_request_error",
    ],
  ])("refuses %s", async (_, body, headers, status, type) => {
    const response = await post(body, headers)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ type: "error", error: { type } })
    expect(server.requests).toEqual([])
  })

  it("says when it is asked more than was scripted", async () => {
    const response = await post(hello)
    expect(response.status).toBe(500)
    expect(await response.text()).toContain("no reply is scripted")
  })

  it("limits the rate, is overloaded, resets and breaks on request", async () => {
    server.reply(anthropic.rateLimited(7), anthropic.overloaded(), anthropic.resets, anthropic.breaks(3), anthropic.garbage)
    const limited = await post(hello)
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"])
    expect((await post(hello)).status).toBe(529)
    await expect(post(hello)).rejects.toThrow()
    const broken = await post({ ...hello, stream: true })
    await expect(broken.text()).rejects.toThrow()
    expect(await (await post(hello)).text()).toContain("<html>")
  })

  it("keeps a stalled stream open until the client goes away", async () => {
    server.reply(anthropic.stalls(2))
    const controller = new AbortController()
    const response = await fetch(`${server.url}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": "test-key", "anthropic-version": "2023-06-01" },
      body: JSON.stringify({ ...hello, stream: true }),
      signal: controller.signal,
    })
    expect(response.status).toBe(200)
    controller.abort()
    await server.hungUp(1)
    expect(server.hangups()).toBe(1)
  })
})
