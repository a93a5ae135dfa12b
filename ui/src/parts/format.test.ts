import { describe, expect, it } from "vitest"
import { ago, bytes, counted, duration, exact, money, percent, secondsBetween, shortSha, webAddress } from "./format.ts"

describe("durations", () => {
  it.each([
    [0, "0 s"],
    [0.44, "0.4 s"],
    [9.96, "10 s"],
    [59.4, "59 s"],
    [59.6, "1 min"],
    [185, "3 min 5 s"],
    [7_800, "2 h 10 min"],
    [273_600, "3 d 4 h"],
    [-3, "0 s"],
  ])("%d seconds are %s", (seconds, words) => expect(duration(seconds)).toBe(words))
})

describe("relative times", () => {
  const now = Date.parse("2026-11-23T12:00:00.000Z")
  it.each([
    ["2026-11-23T11:59:58.000Z", "just now"],
    ["2026-11-23T12:00:30.000Z", "just now"],
    ["2026-11-23T11:59:30.000Z", "30 s ago"],
    ["2026-11-23T11:00:01.000Z", "59 min ago"],
    ["2026-11-23T07:00:00.000Z", "5 h ago"],
    ["2026-11-20T12:00:00.000Z", "3 d ago"],
  ])("%s is %s", (at, words) => expect(ago(at, now)).toBe(words))

  it("never counts backwards when the server's clock is ahead", () => expect(secondsBetween("2026-11-23T12:00:09.000Z", now)).toBe(0))
  it("says the exact time with its zone", () => expect(exact("2026-11-23T03:43:24.000Z")).toMatch(/^\d+ Nov 2026, \d\d:43:24 \S+/u))
})

describe("amounts", () => {
  it.each([
    [0, "$0"],
    [0.004, "<$0.01"],
    [0.126, "$0.13"],
    [1_234.5, "$1,234.50"],
  ])("%d dollars are %s", (usd, words) => expect(money(usd)).toBe(words))
  it.each([
    [0.956, "96\u00a0%"],
    [0.999, "99\u00a0%"],
    [1, "100\u00a0%"],
    [0, "0\u00a0%"],
  ])("a share of %d is %s", (share, words) => expect(percent(share)).toBe(words))
  it.each([
    [0, "0 B"],
    [1_023, "1023 B"],
    [1_536, "1.5 KB"],
    [104_857_600, "100 MB"],
  ])("%d bytes are %s", (n, words) => expect(bytes(n)).toBe(words))
  it("counts one thing as one", () => expect([counted(1, "run"), counted(2_000, "run")]).toEqual(["1 run", "2,000 runs"]))
  it("shortens a commit", () => expect(shortSha("0123456789abcdef")).toBe("0123456"))
})

describe("addresses that may become links", () => {
  it("are web addresses", () => expect(webAddress("https://forge.example/a/b/pull/7")).toBe("https://forge.example/a/b/pull/7"))
  it.each(["javascript:alert(1)", "data:text/html,x", " java\nscript:alert(1)", "/relative", "vbscript:x", "", null, undefined])(
    "and never %j",
    (text) => expect(webAddress(text)).toBeUndefined(),
  )
})
