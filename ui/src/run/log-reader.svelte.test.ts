import { describe, expect, it } from "vitest"
import type { LogAnswer, LogQuestion } from "./log-messages.ts"
import { LogReader, type LogWorker } from "./log-reader.svelte.ts"

/** A worker that holds a log of so many lines, each its own number, and answers at once. */
const holding = (lines: number) => {
  const asked: Array<number> = []
  const worker: LogWorker & { say: (data: LogAnswer) => void } = {
    onmessage: null,
    onerror: null,
    say: (data) => worker.onmessage?.(new MessageEvent("message", { data })),
    postMessage: (question: LogQuestion) => {
      if (question.type !== "lines") return
      asked.push(question.ask)
      const { from, to } = question
      worker.say({ type: "lines", ask: question.ask, from, lines: Array.from({ length: to - from }, (_, n) => String(from + n)) })
    },
    terminate: () => undefined,
  }
  const reader = new LogReader(worker, "/log")
  worker.say({ type: "read", lines, bytes: lines, done: true })
  return { reader, asked, worker }
}

describe("the lines of a log that the page keeps", () => {
  it("are those that were in sight last: what is looked at again and again stays", () => {
    const { reader, asked } = holding(100_000)
    for (let n = 0; n < 100; n += 1) {
      reader.want(0, 1)
      reader.want(n * 200, n * 200 + 1)
      expect(reader.line(0)).toBe("0")
    }
    expect(asked.filter((block) => block === 0)).toEqual([0])
    expect(reader.line(200)).toBeUndefined()
    reader.want(200, 201)
    expect(reader.line(200)).toBe("200")
  })
})

describe("a log that is still read", () => {
  it("has its last line asked for again, wherever that stands in a block", () => {
    for (const last of [0, 198, 199, 200]) {
      const { reader, asked, worker } = holding(last + 1)
      reader.want(last, last + 1)
      worker.say({ type: "read", lines: last + 50, bytes: 1, done: false })
      reader.want(last, last + 1)
      expect([last, asked.length]).toEqual([last, 2])
    }
  })

  it("has failed when its worker cannot be had", () => {
    const { reader, worker } = holding(1)
    worker.onerror?.(new ErrorEvent("error"))
    expect(reader.failed).toBe(0)
  })
})
