import { describe, expect, it } from "vitest"
import { type Message, messageOf } from "./message.ts"
import { kinds, noticeOf } from "./notices.suite.ts"
import { escapeText, quiet } from "./quiet.ts"

const attacks = [
  "<!channel> wake up",
  "<!here|here>",
  "<!everyone>",
  "<!subteam^S0123|team>",
  "<@U0123ABC> look",
  "<#C0123|general>",
  "<https://evil.test|our own site>",
  "<mailto:x@evil.test|mail>",
  "<!date^0^{date}^https://evil.test|now>",
  "@channel @here @everyone",
  "&lt;!channel&gt;",
  "＜!channel＞ @\u200bhere",
  "https://evil.test/login",
  "line\n✅ *Approved by ada*\n```code```",
  "*bold* _it_ ~no~ `code` > quote :white_check_mark:",
  "abc\u202etxt.exe\u202c \u2066x\u2069",
  "tags \u{e0041}\u{e0042} zero\u200bwidth \ufeff soft\u00adhyphen",
  "z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307",
  "nul \u0000 bell \u0007 esc \u001b[31mred",
  "half \ud83d",
  "\u2028separator\u2029",
]

/** Every text of a message, as Slack sees it. */
const textsOf = ({ text, blocks }: Message) => [
  text,
  ...blocks.flatMap((block) =>
    [...JSON.stringify(block).matchAll(/"text":("(?:[^"\\]|\\.)*")/gu)].map(([, one]) => String(JSON.parse(one ?? ""))),
  ),
]

describe("text that anybody may have written", () => {
  it.each(attacks)("does nothing in a message: %j", (attack) => {
    for (const kind of kinds) {
      const notice = noticeOf(kind)
      const message = messageOf({ ...notice, summary: attack, target: { ...notice.target, branch: attack, repository: attack } })
      expect(JSON.stringify(message)).not.toContain('"type":"mrkdwn"')
      for (const text of textsOf(message)) {
        expect(text).not.toMatch(/<[!@#\w]|@(?:here|channel|everyone)|:\/\/evil/u)
        expect(text.replaceAll("\u2060", "")).not.toMatch(/[\p{Cc}\p{Cf}]|\p{M}{3}/u)
        expect(text.isWellFormed()).toBe(true)
      }
      expect(message.text).not.toMatch(/[<>]/u)
    }
  })

  it("stays readable where it is harmless", () => {
    const harmless = "test_login failed: expected `a & b` to be 3 * 4 (src/cart.js:14), 50 % – „größer“ 日本語 🔥"
    expect(quiet(harmless, 200)).toBe(harmless)
    expect(quiet("if (a < b && c > d)", 200)).toBe("if (a < b && c > d)")
  })

  it("becomes one line of bounded length, never ending in half a character", () => {
    expect(quiet("  a\r\n\tb  ", 10)).toBe("a b")
    for (let max = 2; max < 12; max += 1) {
      const cut = quiet("🔥".repeat(20), max)
      expect(cut.length).toBeLessThanOrEqual(max)
      expect(cut).toMatch(/^🔥*…$/u)
    }
  })

  it("holds no secret", () => {
    expect(quiet(`token ghp_${"a1B2".repeat(9)} leaked`, 200)).not.toContain("ghp_")
  })

  it("has Slack's control characters escaped where Slack reads them", () => {
    expect(escapeText("a & b < c > d &lt;")).toBe("a &amp; b &lt; c &gt; d &amp;lt;")
  })
})
