/** One server-sent event: its id, where it has one, and its data. A comment is an event with neither: a sign of life. */
export interface StreamEvent {
  readonly id?: string
  readonly data?: string
  /** In the greeting: which ledger is told. */
  readonly ledger?: string
}

const eventOf = (block: string): StreamEvent => {
  let event: StreamEvent = {}
  for (const line of block.split("\n")) {
    if (line.startsWith("id:")) event = { ...event, id: line.slice(3).trim() }
    else if (line.startsWith("ledger:")) event = { ...event, ledger: line.slice(7).trim() }
    else if (line.startsWith("data:"))
      event = { ...event, data: (event.data === undefined ? "" : `${event.data}\n`) + line.slice(5).trim() }
  }
  return event
}

/**
 * Reads server-sent events as they arrive, chunk by chunk: `onEvents` gets what each chunk completed. Resolves when the stream ends, fails
 * when it breaks. Line ends are `\n`, as our server writes them.
 */
export const readEvents = async (
  body: ReadableStream<Uint8Array>,
  onEvents: (events: ReadonlyArray<StreamEvent>) => void,
): Promise<void> => {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ""
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n")
    rest = blocks.pop() ?? ""
    onEvents(blocks.map(eventOf))
  }
}
