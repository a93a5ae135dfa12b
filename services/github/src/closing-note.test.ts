import { expect, it } from "vitest"
import { closingNote } from "./closing-note.ts"

it("says why on top of the text, once, and harmlessly", () => {
  const once = closingNote("the text", "denied by @ada: fixes #1 <b>")
  expect(once).toBe(
    "<!-- ci-fix-pilot: closed -->\n> **Closed by ci-fix-pilot:** denied by @\u200bada: fixes #\u200b1 &lt;b&gt;\n\nthe text",
  )
  expect(closingNote(once, "for another reason")).toBe(once)
})

it("leaves room for itself in a text that is as long as GitHub takes", () => {
  const note = closingNote("x".repeat(65_536), "denied")
  expect(note).toHaveLength(65_536)
  expect(note).toContain("denied")
})
