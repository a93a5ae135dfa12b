import { fireEvent, render, screen } from "@testing-library/svelte"
import { afterEach, expect, it } from "vitest"
import HelpDialog from "./HelpDialog.svelte"
import { shortcuts } from "./shortcuts.svelte.ts"

afterEach(() => shortcuts.turn(true))

it("switches the keys of one letter off and on", async () => {
  render(HelpDialog, { open: true })
  const box = screen.getByRole<HTMLInputElement>("checkbox", { name: /single keys/iu })
  expect(box.checked).toBe(true)
  await fireEvent.click(box)
  expect([box.checked, shortcuts.on]).toEqual([false, false])
  await fireEvent.click(box)
  expect([box.checked, shortcuts.on]).toEqual([true, true])
})
