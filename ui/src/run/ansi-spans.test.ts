import { describe, expect, it } from "vitest"
import { ansiLines } from "./ansi-spans.ts"

const text = (line: ReadonlyArray<{ readonly text: string }> | undefined) => line?.map((span) => span.text).join("")

describe("a terminal's colours", () => {
  it("become names of classes, and go on over the end of a line", () => {
    expect(ansiLines("plain \u001b[1;31mred\nstill\u001b[0m not")).toEqual([
      [
        { text: "plain ", classes: "" },
        { text: "red", classes: "ansi-red ansi-bold" },
      ],
      [
        { text: "still", classes: "ansi-red ansi-bold" },
        { text: " not", classes: "" },
      ],
    ])
  })

  it("know bright ones and backgrounds", () => {
    expect(ansiLines("\u001b[92;41mx")[0]).toEqual([{ text: "x", classes: "ansi-bright-green ansi-on-red" }])
  })

  it("leave markup as the text that it is", () => {
    expect(ansiLines("<img src=x onerror=alert(1)> &amp;")[0]).toEqual([{ text: "<img src=x onerror=alert(1)> &amp;", classes: "" }])
  })

  it("drop what moves cursors, names windows, or cannot be seen", () => {
    expect(text(ansiLines("a\u001b[2Kb\u001b]0;title\u0007c\u0000d\te")[0])).toBe("abcd\te")
  })

  it("mark what a CI calls an error", () => {
    expect(ansiLines("2026-11-23T04:00:00Z ##[error]it broke")[0]?.[0]?.classes).toBe("mark-error")
    expect(ansiLines("no error")[0]?.[0]?.classes).toBe("")
  })

  it("keep empty lines", () => {
    expect(ansiLines("a\n\nb").length).toBe(3)
  })
})
