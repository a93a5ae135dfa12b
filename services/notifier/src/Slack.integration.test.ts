import { fails, garbage, rateLimited, resetsAfterPosting, type SlackServer, silent, startSlack } from "@ci-fix-pilot/testkit/slack-server"
import { it } from "@effect/vitest"
import { ConfigProvider, Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { afterEach, beforeEach, describe, expect } from "vitest"
import { messageOf } from "./message.ts"
import { noticeOf } from "./notices.suite.ts"
import * as Live from "./Slack.live.ts"
import * as Off from "./Slack.off.ts"
import { slackSuite } from "./Slack.suite.ts"
import { Slack } from "./Slack.ts"
import { make } from "./Slack.webhook.ts"

let server: SlackServer
beforeEach(async () => {
  server = await startSlack()
})
afterEach(() => server.stop())

/** ms: short only where nothing comes on purpose, so that a busy machine is not taken for a silent Slack. */
const patience = 400
const webhook = (timeoutMs = 20_000) => Effect.suspend(() => make(Redacted.make(server.webhookUrl), timeoutMs))
const message = messageOf(noticeOf("run-flaky"))
const hour = 3_600_000

slackSuite(
  "Slack.webhook",
  "slack",
  Effect.map(webhook(), (slack) => ({ slack, posted: () => server.messages.length })),
)
slackSuite(
  "Slack.off",
  "off",
  Effect.map(Effect.provide(Slack.use(Effect.succeed), Off.layer), (slack) => ({ slack, posted: () => server.messages.length })),
)

describe("a Slack webhook", () => {
  it.effect.each([
    ["a rate limit", rateLimited(9), { kind: "wait", why: "Slack answered 429 rate_limited", afterMs: 9_000 }],
    ["a rate limit of next year", rateLimited(40_000_000), { kind: "wait", afterMs: hour }],
    ["a revoked webhook", fails(404, "no_service"), { kind: "refused", why: "Slack answered 404 no_service" }],
    ["an archived channel", fails(410, "channel_is_archived"), { kind: "refused", why: "Slack answered 410 channel_is_archived" }],
    ["a refusal that tries to be clever", fails(403, "<!channel> https://evil.test"), { kind: "refused", why: "Slack answered 403" }],
    ["a redirect", fails(302, "elsewhere"), { kind: "refused", why: "Slack answered 302" }],
    ["a server's error", fails(500, "rollup_error"), { kind: "away", why: "Slack answered 500", afterMs: 15_000 }],
    ["a proxy's error page", garbage, { kind: "away", why: "Slack answered 502", afterMs: 15_000 }],
    ["silence", silent, { kind: "away", why: "Slack did not answer", afterMs: 15_000 }],
    ["a reset", resetsAfterPosting, { kind: "away", why: "Slack did not answer", afterMs: 15_000 }],
  ] as const)("tells %s apart, asks once and keeps its address to itself", ([, reply, expected]) =>
    Effect.gen(function* () {
      server.reply(reply)
      const slack = yield* webhook(reply === silent ? patience : undefined)
      const told = yield* Effect.flip(slack.post("a", message))
      expect(told).toMatchObject({ _tag: "SlackFailed", ...expected })
      expect(JSON.stringify([told, String(told), told.stack])).not.toMatch(/services\/T0|XXXX/u)
      expect(server.requests).toHaveLength(1)
    }),
  )

  it.effect("says that nobody is there, without saying where", () =>
    Effect.gen(function* () {
      const slack = yield* webhook()
      yield* Effect.promise(() => server.stop())
      const told = yield* Effect.flip(slack.post("a", message))
      expect(told).toMatchObject({ kind: "away", why: "Slack did not answer" })
      expect(JSON.stringify(told)).not.toContain("127.0.0.1")
    }),
  )

  it.effect("posts what failed when it comes again", () =>
    Effect.gen(function* () {
      server.reply(fails(500, "rollup_error"))
      const slack = yield* webhook()
      const { afterMs } = yield* Effect.flip(slack.post("a", message))
      yield* TestClock.adjust(afterMs)
      expect(yield* slack.post("a", message)).toBe("slack")
      expect(server.messages).toHaveLength(1)
    }),
  )

  it.effect("lets one message go each second, and sends the rest away instead of keeping them waiting", () =>
    Effect.gen(function* () {
      const slack = yield* webhook()
      const posts = yield* Effect.forEach(["a", "b", "c", "d", "e"], (key) =>
        Effect.forkChild(Effect.result(slack.post(key, message)), { startImmediately: true }),
      )
      yield* Effect.promise(() => server.posted(1))
      yield* TestClock.adjust("999 millis")
      expect(server.requests).toHaveLength(1)
      yield* TestClock.adjust("1 millis")
      yield* Effect.promise(() => server.posted(2))
      yield* TestClock.adjust("1 seconds")
      yield* Effect.promise(() => server.posted(3))
      const results = yield* Effect.forEach(posts, Fiber.join)
      expect(results.map((result) => (result._tag === "Success" ? result.success : result.failure))).toEqual([
        "slack",
        "slack",
        "slack",
        expect.objectContaining({ kind: "wait", afterMs: 3_000 }),
        expect.objectContaining({ kind: "wait", afterMs: 4_000 }),
      ])
    }),
  )

  it.effect("sends nothing when it is stopped while a message waits its turn, and that message can go later", () =>
    Effect.gen(function* () {
      const slack = yield* webhook()
      yield* slack.post("a", message)
      const waiting = yield* Effect.forkChild(slack.post("b", message), { startImmediately: true })
      yield* Fiber.interrupt(waiting)
      yield* TestClock.adjust("1 minute")
      expect(server.requests).toHaveLength(1)
      expect(yield* slack.post("b", message)).toBe("slack")
    }),
  )

  it.effect("lets nobody go on while Slack wants to be left alone, not even who had a turn", () =>
    Effect.gen(function* () {
      server.reply(rateLimited(60))
      const slack = yield* webhook()
      const first = yield* Effect.forkChild(Effect.flip(slack.post("a", message)), { startImmediately: true })
      const second = yield* Effect.forkChild(Effect.flip(slack.post("b", message)), { startImmediately: true })
      expect(yield* Fiber.join(first)).toMatchObject({ kind: "wait", afterMs: 60_000 })
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(second)).toMatchObject({ kind: "wait", afterMs: 59_000 })
      expect(yield* Effect.flip(slack.post("c", message))).toMatchObject({ kind: "wait" })
      expect(server.requests).toHaveLength(1)
      yield* TestClock.adjust("59 seconds")
      expect(yield* slack.post("a", message)).toBe("slack")
    }),
  )

  it.effect("leaves Slack alone longer and longer while it does not answer, and says so", () =>
    Effect.gen(function* () {
      server.replyAlways(fails(503, "down"))
      const slack = yield* webhook()
      const waits: Array<number> = []
      for (let time = 0; time < 7; time += 1) {
        const { afterMs } = yield* Effect.flip(slack.post("a", message))
        waits.push(afterMs)
        yield* TestClock.adjust(afterMs)
      }
      expect(waits).toEqual([15_000, 45_000, 135_000, 405_000, 1_215_000, hour, hour])
      expect(yield* slack.notes).toEqual(["Slack answered 503, 7 times in a row: messages wait until it does"])
    }),
  )

  it.effect("is off after three refusals in a row, says so, and is tried once an hour", () =>
    Effect.gen(function* () {
      server.replyAlways(fails(404, "no_service"))
      const slack = yield* webhook()
      const post = (key: string) => Effect.result(slack.post(key, message))
      for (const key of ["a", "b", "c"]) {
        expect(yield* post(key)).toMatchObject({ _tag: "Failure", failure: { kind: "refused" } })
        yield* TestClock.adjust("1 second")
      }
      expect(yield* slack.notes).toEqual([
        "Slack answered 404 no_service, 3 times in a row: nothing is posted, one message an hour is tried; check CI_HEALING_SLACK_WEBHOOK_URL",
      ])
      expect(yield* slack.post("d", message)).toBe("off")
      expect(server.requests).toHaveLength(3)
      yield* TestClock.adjust("1 hour")
      expect(yield* post("e")).toMatchObject({ _tag: "Failure" })
      expect(yield* slack.post("f", message)).toBe("off")
      server.replyAlways({ outcome: { status: 200, headers: {}, pieces: ["ok"] }, posted: true })
      yield* TestClock.adjust("1 hour")
      expect([yield* slack.post("g", message), yield* slack.notes]).toEqual(["slack", []])
      expect(server.requests).toHaveLength(5)
    }),
  )

  it.effect("is not off when refusals are the exception", () =>
    Effect.gen(function* () {
      const slack = yield* webhook()
      for (const key of ["a", "b", "c", "d", "e", "f"]) {
        server.reply(fails(400, "invalid_blocks"))
        yield* Effect.flip(slack.post(`${key} refused`, message))
        yield* TestClock.adjust("1 second")
        yield* slack.post(key, message)
        yield* TestClock.adjust("1 second")
      }
      expect([server.messages.length, yield* slack.notes]).toEqual([6, []])
    }),
  )

  it.effect("takes a message for posted once Slack said so, however its answer goes on", () =>
    Effect.gen(function* () {
      server.reply({ outcome: { status: 200, headers: {}, pieces: ["o", "k"], ending: "stall" }, posted: true })
      const slack = yield* webhook(patience)
      expect(yield* slack.post("a", message)).toBe("slack")
    }),
  )
})

describe("the configured Slack", () => {
  const post = (url: string | undefined) =>
    Slack.use((slack) => slack.post("a", message)).pipe(
      Effect.provide(Live.layer),
      Effect.provideService(
        ConfigProvider.ConfigProvider,
        ConfigProvider.fromEnvRecord(url === undefined ? {} : { CI_HEALING_SLACK_WEBHOOK_URL: url }),
      ),
    )

  it.effect("is off unless there is a webhook", () =>
    Effect.gen(function* () {
      expect([yield* post(undefined), yield* post(""), yield* post(" ")]).toEqual(["off", "off", "off"])
      expect(yield* post(server.webhookUrl)).toBe("slack")
    }),
  )

  it.effect("does not start with what is no address, names the variable and keeps the value to itself", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(post("hooks.slack.test/services/T1/B2/secret"))
      expect(error.message).toBe("CI_HEALING_SLACK_WEBHOOK_URL is no http or https address")
      expect(JSON.stringify([error, String(error)])).not.toContain("secret")
    }),
  )
})
