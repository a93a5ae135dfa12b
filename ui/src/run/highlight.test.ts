import { describe, expect, it } from "vitest"
import { highlighterFor } from "./highlight.ts"

describe("colours of code", () => {
  it("are tokens whose text is exactly the code, markup included", async () => {
    const code = "const a = `<b>x</b>` // <script>\n/* over\ntwo lines */ return 1"
    const lines = (await highlighterFor("src/a.ts"))?.(code) ?? []
    expect(lines.map((line) => line.map(({ text }) => text).join(""))).toEqual(code.split("\n"))
    expect(lines[0]?.[0]).toEqual({ text: "const", scope: "keyword" })
    expect(lines[1]?.at(-1)?.scope).toBe("comment")
    expect(lines[2]?.[0]?.scope).toBe("comment")
  })

  it("hold for a language within another", async () => {
    const code = "<p>x</p>\n<script>const a = 1</script>"
    const lines = (await highlighterFor("page.html"))?.(code) ?? []
    expect(lines.map((line) => line.map(({ text }) => text).join("")).join("\n")).toBe(code)
  })

  it.each(["Makefile", "x.unknown", "a.constructor", "b.__proto__"])("there are none for %s", async (path) => {
    expect(await highlighterFor(path)).toBeUndefined()
  })
})
