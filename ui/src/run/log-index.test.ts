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
    const cut = (line: string) => indexOf(line, 1_000).text(0, 1)[0]
    expect(cut("x".repeat(4_000))).toBe("x".repeat(4_000))
    expect(cut("x".repeat(9_000))).toBe(`${"x".repeat(4_000)} … cut, 5,000 more characters`)
    expect(cut(`${"x".repeat(3_998)}\u001b[31mred`)).toBe(`${"x".repeat(3_998)} … cut, 8 more characters`)
  })

  it("are found, whatever the case", () => {
    const index = indexOf(numbered, 1_000)
    expect([...index.find("LINE 99", 100)].flat()).toEqual([99, ...Array.from({ length: 10 }, (_, n) => 990 + n)])
    expect([...index.find("line", 5)].flat()).toEqual([0, 1, 2, 3, 4])
    expect([...index.find("nowhere", 5)].flat()).toEqual([])
  })

  it("are found beyond where they are cut, and across the colours of a terminal", () => {
    const index = indexOf(`one\n${"x".repeat(9_000)}needle\n\u001b[31mexpected \u001b[1m3\u001b[0m, got 4\n`, 1_000)
    expect([...index.find("needle", 5)].flat()).toEqual([1])
    expect([...index.find("Expected 3, got", 5)].flat()).toEqual([2])
    expect([...index.find("\u001b[31mexpected 3", 5)].flat()).toEqual([2])
    expect([...index.find("[31m", 5)].flat()).toEqual([])
  })

  it("are searched as they arrive, each once and whole", () => {
    const index = new LogIndex()
    index.append(encoder.encode("a needle\nhalf a nee"))
    const search = index.find("needle", 5)
    const next = () => search.next().value
    expect(next()).toEqual([0])
    expect(next()).toBeUndefined()
    index.append(encoder.encode("dle\nand a third "))
    expect(next()).toEqual([1])
    expect(next()).toBeUndefined()
    index.append(encoder.encode("needle"))
    expect(next()).toBeUndefined()
    index.finish()
    expect(next()).toEqual([2])
    expect(search.next().done).toBe(true)
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
