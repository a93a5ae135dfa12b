/** Saves a text as a file of the reader's. */
export const download = (name: string, text: string) => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }))
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  // The browser has taken the address by then; keeping it would keep the text.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
