/** Holds a log of any size away from the page: reads it, knows its lines, searches it. */
import { LogIndex } from "./log-index.ts"
import type { LogAnswer, LogQuestion } from "./log-messages.ts"

const mostFound = 10_000
/** How often it says how far the reading has come (ms). */
const every = 100

const index = new LogIndex()
let newestSearch = 0
let arrived: () => void = () => undefined
const say = (answer: LogAnswer) => self.postMessage(answer)
/** Lets questions in that have arrived meanwhile. */
const rest = () => new Promise<void>((go) => setTimeout(go))
/** Waits until more of the log is there. Only the newest search goes on: an older one that waits is over. */
const more = () =>
  new Promise<void>((go) => {
    arrived = go
  })

const read = async (path: string) => {
  const response = await fetch(path)
  if (!response.ok || response.body === null) return say({ type: "failed", status: response.status })
  const reader = response.body.getReader()
  let said = performance.now()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    index.append(part.value)
    arrived()
    if (performance.now() - said < every) continue
    said = performance.now()
    say({ type: "read", lines: index.lines, bytes: index.bytes, done: false })
    await rest()
  }
  index.finish()
  arrived()
  say({ type: "read", lines: index.lines, bytes: index.bytes, done: true })
}

const find = async (ask: number, text: string) => {
  newestSearch = ask
  for (const lines of index.find(text, mostFound)) {
    if (lines !== undefined && lines.length > 0) say({ type: "found", ask, lines, done: false })
    await (lines === undefined ? more() : rest())
    if (newestSearch !== ask) return
  }
  say({ type: "found", ask, lines: [], done: true })
}

self.onmessage = ({ data }: MessageEvent<LogQuestion>) => {
  if (data.type === "open") read(data.path).catch(() => say({ type: "failed", status: 0 }))
  else if (data.type === "lines") say({ type: "lines", ask: data.ask, from: data.from, lines: index.text(data.from, data.to) })
  else void find(data.ask, data.text)
}
