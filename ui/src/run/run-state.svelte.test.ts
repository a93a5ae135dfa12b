import { flushSync } from "svelte"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { attempt, detailOf, failed, healed, ledger, runId, waiting } from "./lives.suite.ts"
import { RunState } from "./run-state.svelte.ts"

const all = ledger(...healed)
let known = 0
let asked = 0

beforeEach(() => {
  vi.useFakeTimers()
  known = 3
  asked = 0
  vi.stubGlobal("fetch", (path: string) => {
    const body = path.includes("pageSize") ? { items: [], position: 900 } : detailOf(all.slice(0, known))
    if (!path.includes("pageSize")) asked += 1
    return Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve(body) })
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const begun = async () => {
  const state = new RunState(runId)
  await state.read()
  flushSync()
  return state
}
const seqs = (state: RunState) => state.entries.map(({ seq }) => seq)
const entry = (seq: number) => all[seq - 1] ?? ledger(failed)[0]
const take = (state: RunState, ...numbers: ReadonlyArray<number>) => {
  for (const seq of numbers) {
    const one = entry(seq)
    if (one !== undefined) state.take(one)
  }
}

describe("a run on its page", () => {
  it("is the fold of what the server said and of every entry since, each once", async () => {
    const state = await begun()
    take(state, 3, 4, 4, 2, 5)
    expect(seqs(state)).toEqual([1, 2, 3, 4, 5])
    expect(state.run?.phase).toBe("validating")
    expect(state.seenAtFirst).toBe(3)
  })

  it("asks again when an entry leaves a gap", async () => {
    const state = await begun()
    known = 6
    take(state, 6)
    await vi.advanceTimersByTimeAsync(1)
    expect(seqs(state)).toEqual([1, 2, 3, 4, 5, 6])
    expect(asked).toBe(2)
  })

  it("asks until when a person may decide, as soon as one must", async () => {
    const state = await begun()
    const last = ledger(...waiting).at(-1)
    if (last !== undefined) state.take({ ...last, seq: 4 })
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toBe(2)
  })

  it("loses nothing that is committed while the server is asked", async () => {
    const state = new RunState(runId)
    const reading = state.read()
    take(state, 4, 5)
    await reading
    expect(seqs(state)).toEqual([1, 2, 3, 4, 5])
  })

  it("asks once more when what came meanwhile leaves a gap after the answer", async () => {
    const state = await begun()
    known = 4
    const reading = state.read()
    take(state, 7)
    await reading
    known = 7
    await vi.advanceTimersByTimeAsync(1)
    expect(seqs(state)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(asked).toBe(3)
  })

  it("asks until it is answered when an entry left a gap, and no longer than somebody looks", async () => {
    const state = new RunState(runId)
    const stop = state.follow()
    await vi.advanceTimersByTimeAsync(1)
    const answer = globalThis.fetch
    const away = vi.fn(() => Promise.reject(new TypeError("away")))
    vi.stubGlobal("fetch", away)
    take(state, 6)
    await vi.advanceTimersByTimeAsync(6_000)
    expect([seqs(state), state.problem, away.mock.calls.length]).toEqual([[1, 2, 3], undefined, 2])
    known = 6
    vi.stubGlobal("fetch", answer)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(seqs(state)).toEqual([1, 2, 3, 4, 5, 6])
    vi.stubGlobal("fetch", away)
    const [last] = ledger(attempt(1))
    if (last !== undefined) state.take({ ...last, seq: 9 })
    stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(away).toHaveBeenCalledTimes(3)
  })

  it("does not ask once more when the answer holds what came meanwhile", async () => {
    const state = await begun()
    known = 7
    const reading = state.read()
    take(state, 7)
    await reading
    await vi.advanceTimersByTimeAsync(1)
    expect(seqs(state)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(asked).toBe(2)
  })

  it("leaves out what it has never heard of, and other runs' entries", async () => {
    const state = await begun()
    const [other] = ledger(attempt(1))
    if (other !== undefined) state.take({ ...other, runId: "run_ffffffffffffffffffffffff", seq: 4 })
    const newer = JSON.parse(JSON.stringify({ ...entry(4), type: "healed-by-magic" }))
    state.take(newer)
    expect(seqs(state)).toEqual([1, 2, 3])
    expect(state.run?.phase).toBe("proposing")
  })
})
