import { describe, expect, it } from "vitest"
import { LogIndex } from "./log-index.ts"
import { heightOf, lineAt, scrollFor, tallest } from "./log-window.ts"

const encoder = new TextEncoder()
/** The index of a text that arrives in pieces of `size` bytes. */
const indexOf = (text: string, size: number) => {
  const index = new LogIndex()
  const bytes = encoder.encode(text)
  for (let at = 0; at < bytes.length; at += size) index.append(bytes.slice(at, at + size))
  index.finish()
  return index
}
const linesOf = (text: string) => (text.endsWith("\n") && text.length > 1 ? text.slice(0, -1) : text).split("\n")
const numbered = Array.from({ length: 1_000 }, (_, n) => `line ${n} ä\n`).join("")

describe("the lines of a log", () => {
  const texts = {
    "short lines": numbered,
    "empty lines": "\n\n\na\n\nb\n".repeat(60),
    "no line feed at the end": `${numbered}the end`,
    "lines as long as several pieces": `${"x".repeat(300)}\n${"ä".repeat(200)}\n`.repeat(40),
    "one line feed and more": `\n${"y\n".repeat(127)}`,
  }
  it.each(Object.entries(texts))("are those of a text with %s, in whatever pieces it arrives", (_, text) => {
    const lines = linesOf(text)
    for (const size of [1, 2, 7, 64, 1_000, 1_000_000]) {
      const index = indexOf(text, size)
      expect(index.lines).toBe(lines.length)
      for (const from of [0, 1, 62, 63, 64, 65, 127, 128, 129, lines.length - 1, lines.length + 5])
        for (const many of [0, 1, 2, 64, 200]) expect(index.text(from, from + many)).toEqual(lines.slice(from, from + many))
    }
  })

  it("are there while more arrives", () => {
    const index = new LogIndex()
    index.append(encoder.encode("one\ntw"))
    expect(index.text(0, 9)).toEqual(["one", "tw"])
    index.append(encoder.encode("o\n"))
    expect(index.text(0, 9)).toEqual(["one", "two", ""])
    index.finish()
    expect(index.text(0, 9)).toEqual(["one", "two"])
  })

  it("have no carriage return, and are cut when nobody could read them", () => {
    expect(indexOf("a\r\nb", 9).text(0, 2)).toEqual(["a", "b"])
    expect(indexOf("x".repeat(9_000), 1_000).text(0, 1)[0]?.length).toBe(4_000)
  })

  it("are found, whatever the case", () => {
    const index = indexOf(numbered, 1_000)
    expect([...index.find("LINE 99", 100)].flat()).toEqual([99, ...Array.from({ length: 10 }, (_, n) => 990 + n)])
    expect([...index.find("line", 5)].flat()).toEqual([0, 1, 2, 3, 4])
    expect([...index.find("nowhere", 5)].flat()).toEqual([])
  })
})

describe("a window on more lines than a browser can scroll", () => {
  const huge = { lines: 5_000_000, view: 600 }

  it("reaches the first and the last line", () => {
    expect(heightOf(huge)).toBe(tallest)
    expect(lineAt(0, huge)).toBe(0)
    expect(lineAt(tallest - 600, huge)).toBeCloseTo(5_000_000 - 600 / 19)
  })

  it("goes to a line and is there", () => {
    for (const line of [0, 17, 1_234_567, 4_999_000]) expect(lineAt(scrollFor(line, huge), huge)).toBeCloseTo(line)
  })

  it("does not scroll what fits", () => {
    expect(lineAt(0, { lines: 3, view: 600 })).toBe(0)
    expect(scrollFor(2, { lines: 3, view: 600 })).toBe(0)
  })
})
