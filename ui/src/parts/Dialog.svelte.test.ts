import { fireEvent, render, screen } from "@testing-library/svelte"
import { createRawSnippet } from "svelte"
import { describe, expect, it, vi } from "vitest"
import Dialog from "./Dialog.svelte"

const children = createRawSnippet(() => ({ render: () => "<p>Shall it be done?</p>" }))
const onclose = vi.fn<() => void>()
const show = (open: boolean) => render(Dialog, { open, title: "Approve the fix", children, onclose })

describe("a dialog", () => {
  it("holds nothing until it is opened", async () => {
    const { rerender } = show(false)
    expect([screen.queryByRole("dialog"), screen.queryByText("Shall it be done?")]).toEqual([null, null])
    await rerender({ open: true })
    expect(screen.getByRole("dialog", { name: "Approve the fix" }).textContent).toContain("Shall it be done?")
  })

  it("keeps the page behind it out of reach", () => {
    const modal = vi.spyOn(HTMLDialogElement.prototype, "showModal")
    show(true)
    expect(modal).toHaveBeenCalledTimes(1)
    modal.mockRestore()
  })

  it("closes by its button, says so once, and can be opened again", async () => {
    onclose.mockClear()
    const { rerender } = show(true)
    await fireEvent.click(screen.getByRole("button", { name: "Close" }))
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull()
    expect(onclose).toHaveBeenCalledTimes(1)
    await rerender({ open: false })
    await rerender({ open: true })
    expect(screen.getByRole("dialog")).toBeDefined()
  })

  it("is closed by who opened it", async () => {
    const { rerender } = show(true)
    await rerender({ open: false })
    expect(screen.queryByRole("dialog")).toBeNull()
  })
})
