import { afterEach, beforeEach, describe, expect, it } from "vitest"
import * as slack from "./slack-server.ts"

describe("the Slack server", () => {
  let server: slack.SlackServer
  beforeEach(async () => {
    server = await slack.startSlack()
  })
  afterEach(() => server.stop())

  const post = async (body: unknown, url = server.webhookUrl) => {
    const response = await fetch(url, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) })
    return { status: response.status, word: await response.text(), headers: response.headers }
  }
  const section = (text: string) => ({ blocks: [{ type: "section", text: { type: "mrkdwn", text } }] })

  it("posts what it is given and says ok", async () => {
    expect(await post(section("hello"))).toMatchObject({ status: 200, word: "ok" })
    await server.posted(1)
    expect(server.messages).toEqual([section("hello")])
  })

  it.each([
    ["no JSON", "{", 400, "invalid_payload"],
    ["an array", [], 400, "invalid_payload"],
    ["nothing to say", {}, 400, "no_text"],
    ["a section that is too long", section("x".repeat(3_001)), 400, "invalid_blocks"],
    ["an empty section", { blocks: [{ type: "section" }] }, 400, "invalid_blocks"],
    ["too many blocks", { blocks: Array.from({ length: 51 }, () => ({ type: "divider" })) }, 400, "invalid_blocks"],
    ["a header in markdown", { blocks: [{ type: "header", text: { type: "mrkdwn", text: "x" } }] }, 400, "invalid_blocks"],
  ])("refuses %s", async (_, body, status, word) => {
    expect(await post(body)).toMatchObject({ status, word })
    expect(server.messages).toEqual([])
  })

  it("knows only its own hook", async () => {
    expect(await post(section("x"), server.webhookUrl.replace("B0", "B1"))).toMatchObject({ status: 404, word: "no_service" })
  })

  it("limits, fails and loses its answer as told", async () => {
    server.reply(slack.rateLimited(9), slack.fails(410, "channel_is_archived"), slack.garbage, slack.resetsAfterPosting)
    const limited = await post(section("1"))
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "9"])
    expect(await post(section("2"))).toMatchObject({ status: 410, word: "channel_is_archived" })
    expect((await post(section("3"))).status).toBe(502)
    await expect(post(section("4"))).rejects.toThrow()
    expect(server.messages).toEqual([section("4")])
  })
})
