import { fireEvent, render, screen } from "@testing-library/svelte"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import CopyButton from "./CopyButton.svelte"

/** What the page has marked when the old way of copying is taken. */
let marked: Array<string>
let allowed: boolean

beforeEach(() => {
  vi.useFakeTimers()
  marked = []
  allowed = true
  document.execCommand = () => {
    const field = document.activeElement
    if (field instanceof HTMLTextAreaElement) marked.push(field.value.slice(field.selectionStart, field.selectionEnd))
    return allowed
  }
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const press = async () => {
  const button = screen.getByRole("button")
  button.focus()
  await fireEvent.click(button)
  await vi.advanceTimersByTimeAsync(10)
  return button
}

describe("the button that copies", () => {
  it("puts the text on the clipboard, says so, and is itself again", async () => {
    const writeText = vi.fn(() => Promise.resolve())
    vi.stubGlobal("navigator", { clipboard: { writeText } })
    render(CopyButton, { text: () => "a\nb", label: "Copy it" })
    const button = await press()
    expect(writeText).toHaveBeenCalledWith("a\nb")
    expect(button.textContent).toBe("Copied")
    await vi.advanceTimersByTimeAsync(2_000)
    expect(button.textContent).toBe("Copy it")
  })

  it("copies where browsers offer no clipboard (plain http), and leaves the page and the focus as they were", async () => {
    vi.stubGlobal("navigator", {})
    render(CopyButton, { text: "a\nb" })
    const button = await press()
    expect(marked).toEqual(["a\nb"])
    expect(button.textContent).toBe("Copied")
    expect(document.querySelector("textarea")).toBeNull()
    expect(document.activeElement).toBe(button)
  })

  it("says it when there is no way", async () => {
    allowed = false
    vi.stubGlobal("navigator", { clipboard: { writeText: () => Promise.reject(new Error("denied")) } })
    render(CopyButton, { text: "a" })
    expect((await press()).textContent).toBe("The browser does not allow it")
  })
})
