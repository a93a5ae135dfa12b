/** The text of an answer of at most `maxBytes`. Throws beyond, and closes the connection. */
export const readBounded = async (response: Response, maxBytes: number): Promise<string> => {
  if (response.body === null) return ""
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ""
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
