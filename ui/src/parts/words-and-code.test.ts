import { describe, expect, it } from "vitest"
import { wordsAndCode } from "./words-and-code.ts"

const shown = (text: string) => wordsAndCode(text).map((piece) => (piece.code ? `<${piece.text}>` : piece.text))

describe("words with code among them", () => {
  it.each([
    ["", []],
    ["nothing of the kind", ["nothing of the kind"]],
    ["`node --test` exits 1", ["<node --test>", " exits 1"]],
    ["run `a`, then `b`", ["run ", "<a>", ", then ", "<b>"]],
    ["one ` alone", ["one ` alone"]],
    ["`over\nlines`", ["`over\nlines`"]],
    ["``", ["``"]],
  ])("%j", (text, pieces) => expect(shown(text)).toEqual(pieces))

  it("loses no letter but the backticks", () => {
    const text = "<img src=`x` onerror=`alert(1)`>"
    const whole = wordsAndCode(text).map((piece) => (piece.code ? `\`${piece.text}\`` : piece.text))
    expect(whole.join("")).toBe(text)
  })
})
