/** The way before there were clipboards: a field that nobody sees, marked and copied. True when the browser did it. */
const copyMarked = (text: string): boolean => {
  const focused = document.activeElement
  const field = document.createElement("textarea")
  field.value = text
  field.style.position = "fixed"
  field.style.opacity = "0"
  document.body.append(field)
  field.focus({ preventScroll: true })
  field.select()
  const done = document.execCommand("copy")
  field.remove()
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
  return done
}

/** Puts a text on the clipboard; resolves to whether the browser did it. It offers a clipboard on https and on this machine itself only. */
export const copyText = async (text: string): Promise<boolean> => {
  const clipboard: Clipboard | undefined = navigator.clipboard
  if (clipboard === undefined) return copyMarked(text)
  return clipboard.writeText(text).then(
    () => true,
    () => copyMarked(text),
  )
}
