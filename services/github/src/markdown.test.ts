import { describe, expect, it } from "vitest"
import { block, code, cut, prose } from "./markdown.ts"

const invisible = "\u200b"

describe("a stranger's words in prose", () => {
  it.each([
    ["ping @octocat now", `ping @${invisible}octocat now`],
    ["fixes #12", `fixes #${invisible}12`],
    ["closes GH-12", `closes GH-${invisible}12`],
    ["see https://evil.example", `see https:${invisible}//evil.example`],
    ["see www.evil.example", `see www${invisible}.evil.example`],
    ["<b>bold</b> & [a](b) ![c](d)", "&lt;b&gt;bold&lt;/b&gt; &amp; \\[a\\](b) !\\[c\\](d)"],
    ["*a* _b_ `c` ~d~ a|b $x$", "\\*a\\* \\_b\\_ \\`c\\` \\~d\\~ a\\|b \\$x\\$"],
    ["- no list", "\\- no list"],
    ["1. no list", "1\\. no list"],
    ["2) no list", "2\\) no list"],
    ["# no heading", "\\# no heading"],
    ["one\ntwo\r\n\tthree", "one two three"],
    ["\u001b[31mred\u001b[0m \u202Eevil\u200Bhidden", "red evilhidden"],
  ])("%j is written %j", (words, written) => {
    expect(prose(words, 200)).toBe(written)
  })

  it("is cut at a word, with a sign that it was", () => {
    expect(prose("the quick brown fox", 17)).toBe("the quick brown…")
    expect(cut("abcdefghij", 5)).toBe("abcd…")
  })
})

describe("code in a line", () => {
  it.each([
    ["npm test", "`npm test`"],
    ["a `b` c", "``a `b` c``"],
    ["`b`", "`` `b` ``"],
    ["a | b", "`a \\| b`"],
    ["set -e\n  npm test", "`set -e ⏎ npm test`"],
    ["", "–"],
    ["npm i @scope/x", `\`npm i @${invisible}scope/x\``],
    ["image@sha256:1", "`image@sha256:1`"],
  ])("%j is written %j", (text, written) => {
    expect(code(text, 100)).toBe(written)
  })
})

describe("a block of code", () => {
  it("cannot be left by what is in it", () => {
    expect(block("a\n```\n````\nb", 100, "text")).toBe("`````text\na\n```\n````\nb\n`````")
  })

  it("says that it was cut", () => {
    expect(block("abcdef", 3, "")).toBe("```\nabc\n…\n```")
  })

  it("keeps lines to copy exactly as they are, when asked", () => {
    expect(block("npm i @scope/x # fixes #1", 100, "sh", true)).toContain("npm i @scope/x # fixes #1")
    expect(block("npm i @scope/x # fixes #1", 100, "sh")).not.toContain("@scope")
  })
})
