import { render } from "@testing-library/svelte"
import { describe, expect, it } from "vitest"
import Words from "./Words.svelte"

const textOf = (text: string) => render(Words, { text }).container.textContent

describe("others' words", () => {
  it("are drawn as code between backticks", () => {
    const { container } = render(Words, { text: "`node --test` exits 1, `b` too" })
    expect([...container.querySelectorAll("code")].map((code) => code.textContent)).toEqual(["`node --test`", "`b`"])
  })

  it.each(["a `b` c", "`a``b`", " `a` ", "<script>`1`</script> `<b>`", "line\n`one` \n two"])("are there letter by letter: %j", (text) =>
    expect(textOf(text)).toBe(text),
  )
})
