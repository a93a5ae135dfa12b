import { judgeMessage } from "@ci-fix-pilot/testkit/slack-blocks"
import { describe, expect, it } from "vitest"
import { type Message, messageOf, type Notice } from "./message.ts"
import { kinds, noticeOf } from "./notices.suite.ts"

/** A message as a person reads it: the notification, then what the channel shows, line by line. */
const read = ({ text, blocks }: Message): ReadonlyArray<string> => [
  text,
  ...blocks.map((block) => {
    if (block.type === "actions") return block.elements.map((one) => ("url" in one && "text" in one ? `[${one.text.text}]` : "?")).join(" ")
    if (block.type === "context") return block.elements.map((one) => ("text" in one ? one.text : "?")).join(" ")
    return block.text?.text ?? "?"
  }),
]

const place = "acme/shop · main · 01234567"
const golden: Readonly<Record<Notice["kind"], ReadonlyArray<string>>> = {
  "failure-queued": [
    "🔴 acme/shop (main): CI failed, healing is queued. CI › test failed",
    "🔴 CI failed, healing is queued",
    place,
    "CI › test failed",
    "[See the run]",
  ],
  "attempt-started": [
    "🔧 acme/shop (main): Trying a fix. Attempt 1 of 3: a fix that helped before",
    "🔧 Trying a fix",
    place,
    "Attempt 1 of 3: a fix that helped before",
    "[See the run]",
  ],
  "attempt-retried": [
    "🔁 acme/shop (main): Trying another fix. Attempt 2 of 3: a fix that the model wrote",
    "🔁 Trying another fix",
    place,
    "Attempt 2 of 3: a fix that the model wrote",
    "[See the run]",
  ],
  "approval-requested": [
    "✋ acme/shop (main): Your approval is needed. A proven fix waits for approval: weakened-test in cart.test.js",
    "✋ Your approval is needed",
    place,
    "A proven fix waits for approval: weakened-test in cart.test.js",
    "Attempt 2 of 3: a fix that the model wrote",
    "[Approve or deny]",
  ],
  "run-fixed": [
    "✅ acme/shop (main): A person fixed it. Fixed by ada",
    "✅ A person fixed it",
    place,
    "Fixed by ada",
    "After attempt 1 of 3",
    "[See the run]",
  ],
  "run-escalated": [
    "🚨 acme/shop (main): A person is needed. All 3 attempts were rejected.",
    "🚨 A person is needed",
    place,
    "All 3 attempts were rejected.",
    "After attempt 3 of 3",
    "[See the run]",
  ],
  "run-flaky": [
    "🎲 acme/shop (main): Flaky, nothing to fix. Passed 3 of 3 times on the same commit",
    "🎲 Flaky, nothing to fix",
    place,
    "Passed 3 of 3 times on the same commit",
    "[See the run]",
  ],
  "pull-request-opened": [
    "✅ acme/shop (main): Fixed and proven: a pull request is open. TypeError in totalOf: cart.items is undefined",
    "✅ Fixed and proven: a pull request is open",
    place,
    "TypeError in totalOf: cart.items is undefined",
    "Attempt 3 of 3: undoing the part of the change that broke it",
    "[Open the pull request] [See the run]",
  ],
  "pull-request-merged": [
    "🎉 acme/shop (main): The fix was merged. TypeError in totalOf: cart.items is undefined",
    "🎉 The fix was merged",
    place,
    "TypeError in totalOf: cart.items is undefined",
    "Attempt 3 of 3: undoing the part of the change that broke it",
    "[Open the pull request] [See the run]",
  ],
  "pull-request-closed": [
    "🚪 acme/shop (main): The fix was closed without merging. Closed by ada: fixed by hand",
    "🚪 The fix was closed without merging",
    place,
    "Closed by ada: fixed by hand",
    "Attempt 3 of 3: undoing the part of the change that broke it",
    "[Open the pull request] [See the run]",
  ],
  "pull-request-skipped": [
    "⏭️ acme/shop (main): Skipped: nothing to deliver any more. The branch moved on to 9f8e7d6c",
    "⏭️ Skipped: nothing to deliver any more",
    place,
    "The branch moved on to 9f8e7d6c",
    "[See the run]",
  ],
}

describe("a message", () => {
  it.each(kinds)("of %s reads well on a phone, and Slack takes it", (kind) => {
    const message = messageOf(noticeOf(kind))
    expect(read(message)).toEqual(golden[kind])
    expect(judgeMessage(JSON.parse(JSON.stringify(message)))).toBeTypeOf("object")
  })

  it("is, as JSON, plain text and links that we made", () => {
    expect(messageOf(noticeOf("approval-requested", { summary: "a & b" }))).toEqual({
      text: "✋ acme/shop (main): Your approval is needed. a &amp; b",
      mrkdwn: false,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        { type: "header", text: { type: "plain_text", text: "✋ Your approval is needed", emoji: true } },
        { type: "section", text: { type: "plain_text", text: place, emoji: false } },
        { type: "section", text: { type: "plain_text", text: "a & b", emoji: false } },
        { type: "context", elements: [{ type: "plain_text", text: "Attempt 2 of 3: a fix that the model wrote", emoji: false }] },
        {
          type: "actions",
          elements: [
            {
              type: "button",
              text: { type: "plain_text", text: "Approve or deny", emoji: false },
              url: "https://healing.test/runs/run_000000000000000000000001",
              style: "primary",
            },
          ],
        },
      ],
    })
  })

  it("has no empty part when there is nothing to say or to open", () => {
    const { runUrl: _, ...bare } = noticeOf("run-flaky", { summary: " \u200b\n" })
    expect(read(messageOf(bare))).toEqual(["🎲 acme/shop (main): Flaky, nothing to fix", "🎲 Flaky, nothing to fix", place])
  })

  it("stays within Slack's limits whatever it is given", () => {
    const long = "<&>@a://".repeat(250)
    for (const kind of kinds) {
      const target = { ...noticeOf(kind).target, branch: `b${"/🔥".repeat(80)}`, repository: `${"a".repeat(99)}/${"b".repeat(100)}` }
      const message = messageOf(noticeOf(kind, { summary: long, target, attempt: Number.MAX_SAFE_INTEGER, maxAttempts: 9e15 }))
      expect(judgeMessage(JSON.parse(JSON.stringify(message)))).toBeTypeOf("object")
      expect(JSON.stringify(message).isWellFormed()).toBe(true)
    }
  })

  it.each([
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://user:password@evil.test/",
    "https://github.com@evil.test/",
    "https://a.test/|<!channel>",
    "//evil.test",
    "not a link",
    "",
  ])("opens nothing but web pages (%s)", (url) => {
    expect(JSON.stringify(messageOf(noticeOf("pull-request-opened", { pullRequestUrl: url, runUrl: url })))).not.toContain("button")
  })
})
