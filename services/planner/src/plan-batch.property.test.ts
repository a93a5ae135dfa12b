import { commandTypes, leased } from "@ci-fix-pilot/contract/commands"
import type { Event } from "@ci-fix-pilot/contract/events"
import { answerSubject } from "@ci-fix-pilot/contract/subjects"
import { inboxSubject } from "@ci-fix-pilot/contract/who-may-say"
import { defaultPolicy, type Policy } from "@ci-fix-pilot/lifecycle/policy"
import type { Draw } from "@ci-fix-pilot/lifecycle/simulation"
import { answerOf, ciFailed, type Hub, outsideEvent, reviewOf } from "@ci-fix-pilot/lifecycle/simulation-answers"
import { runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { describe, expect, it } from "vitest"
import { type AskedCommand, applyTo, comparable, emptyWorld, type World } from "./batch-world.suite.ts"
import { type Item, planBatch } from "./plan-batch.ts"

/** A small, fast and reproducible generator: history n is always the same history. */
const drawing = (seed: number): Draw => {
  let state = (seed + 1) * 0x9e3779b9
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
}

const runs = 5
const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"

/** What may arrive at the planner about a few runs of two repositories; effects on GitHub happen as it is drawn. */
class Arrivals {
  readonly #draw: Draw
  readonly #hubs: ReadonlyArray<Hub> = Array.from({ length: runs }, () => ({ pulls: [] }))
  readonly #sources: ReadonlyArray<Extract<Event, { type: "ci-failed" }>>
  #count = 0

  constructor(draw: Draw) {
    this.#draw = draw
    this.#sources = Array.from({ length: runs }, (_, n) => {
      const { type, data } = ciFailed(draw)
      const target = { ...data.target, repository: n % 2 === 0 ? "acme/shop" : "Acme/Other" }
      return { type, data: { ...data, target, ...(draw(3) === 0 ? { signature: "00000000000000aa" } : {}) } }
    })
  }

  batch(world: World): { readonly world: World; readonly items: ReadonlyArray<Item> } {
    const items: Array<Item> = []
    let current = world
    for (let left = 1 + this.#draw(8); left > 0; left -= 1) {
      const again = items[this.#draw(12)]
      if (again !== undefined) items.push(again)
      else {
        const next = this.#next(current)
        current = next.world
        items.push(...next.items)
      }
    }
    return { world: current, items }
  }

  #next(world: World): { readonly world: World; readonly items: ReadonlyArray<Item> } {
    const draw = this.#draw
    const n = draw(runs)
    const kind = draw(16)
    const asked = [...world.commands.values()].filter(({ open }) => open || draw(10) === 0)
    const command = asked[draw(asked.length || 1)]
    const source = this.#sources[n]
    if (kind === 0 && source !== undefined) return { world, items: [this.#message(n, source)] }
    if (kind === 1) return { world, items: [this.#message(n, reviewOf(draw, world.runs.get(runIdOf(n))?.state))] }
    if (kind === 2) {
      const seen = outsideEvent(draw, this.#hubs[n] ?? { pulls: [] })
      return { world, items: seen === undefined ? [] : [this.#message(n, seen)] }
    }
    if (kind === 3) return { world, items: [this.#noticed(n, { kind: "slot-free" })] }
    if (kind === 4 && draw(6) === 0) return { world, items: [this.#noticed(n, { kind: "deadline-passed" })] }
    if (command === undefined) return { world, items: [] }
    const { commandId } = command
    if (kind === 5 && draw(3) === 0) {
      const input = { kind: "gave-up", command: command.type, why: "no answer came in time" } as const
      return { world, items: [{ ...this.#noticed(runs, input, commandId), runId: command.runId }] }
    }
    // One or two work on the command, one after the other, and answer what they found.
    const items: Array<Item> = []
    let current = command
    for (let left = draw(4) === 0 ? 2 : 1; left > 0; left -= 1) {
      this.#count += 1
      const holder = `${this.#count}`
      // Some begin without asking; of these some are given the lease and do not hear of it.
      const unleased = leased.has(command.type) && draw(4) === 0
      if (leased.has(command.type) && !(unleased && draw(2) === 0))
        current = { ...current, holder, reservedUsd: current.reservedUsd + current.maxUsd, tries: current.tries + 1 }
      items.push(this.#answer(current, holder, unleased))
    }
    return { world: { ...world, commands: new Map([...world.commands, [commandId, current]]) }, items }
  }

  #answer(command: AskedCommand, holder: string, unleased: boolean): Item {
    const draw = this.#draw
    const { commandId, runId } = command
    const n = Array.from({ length: runs }, (_, index) => index).find((index) => runIdOf(index) === runId) ?? 0
    const event = answerOf(command.command, draw, this.#hubs[n] ?? { pulls: [] })
    const waiting = event.type === "postponed" && draw(2) === 0 ? { ...event, data: { ...event.data, afterMs: 9, uncounted: true } } : event
    const causedBy = `${commandId}#${Math.max(1, command.dispatch - draw(2))}`
    const id = `${causedBy}#${holder}`
    const message = { id, at: "", runId, traceparent, causedBy, ...(unleased ? { unleased } : {}), ...waiting }
    const saidOn = answerSubject(command.type, waiting.type)
    return { id, runId, traceparent, what: { kind: "message", message, saidOn } }
  }

  #message(n: number, event: Event): Item {
    this.#count += 1
    const runId = runIdOf(n)
    const source = event.type === "review-given" ? "review" : "github"
    const id = `inbox:${source}:${this.#count}`
    const message = { id, at: "", runId, traceparent, ...event }
    return { id, runId, traceparent, what: { kind: "message", message, saidOn: inboxSubject(source, event.type) } }
  }

  #noticed(n: number, input: Extract<Item["what"], { kind: "noticed" }>["input"], commandId?: string): Item {
    this.#count += 1
    const what = { kind: "noticed", input, ...(commandId === undefined ? {} : { commandId }) } as const
    return { id: `noticed:${this.#count}`, runId: runIdOf(n), traceparent, what }
  }
}

const policyOf = (draw: Draw): Policy => ({
  ...defaultPolicy,
  safeMode: draw(3) > 0,
  runsPerRepository: 1 + draw(2),
  pullRequestsPerRepository: 1 + draw(2),
  triesPerCommand: 2 + draw(4),
})

const inWords = ({ id, what }: Item) => `${id}: ${what.kind === "noticed" ? what.input.kind : what.message.type}`

/** What of one result the other does not have. */
const missing = (one: ReturnType<typeof comparable>, other: ReturnType<typeof comparable>) => {
  const rows = (all: typeof one) =>
    [all.entries, all.runs, all.outcomes, all.commands].flatMap((part) => part.map((row) => JSON.stringify(row)))
  const there = new Set(rows(other))
  return rows(one).filter((row) => !there.has(row))
}

/** Lives through a history of batches. Gives the world it led to, and the first batch whose result was not that of its messages one by one. */
const live = (seed: number, plan: typeof planBatch) => {
  const draw = drawing(seed)
  const policy = policyOf(draw)
  const arrivals = new Arrivals(draw)
  let world = emptyWorld
  for (let left = 20; left > 0; left -= 1) {
    const { world: before, items } = arrivals.batch(world)
    world = items.reduce((current, item) => applyTo(current, [item], policy, planBatch), before)
    const batched = comparable(applyTo(before, items, policy, plan), before)
    const single = comparable(world, before)
    if (!Bun.deepEquals(batched, single)) {
      const difference = { seed, items: items.map(inWords), batched: missing(batched, single), single: missing(single, batched) }
      return { world, difference }
    }
  }
  return { world, difference: undefined }
}

const search = (plan: typeof planBatch, histories: number) => {
  for (let seed = 0; seed < histories; seed += 1) {
    const { difference } = live(seed, plan)
    if (difference !== undefined) return difference
  }
  return undefined
}

describe("a batch", () => {
  it("is one of many kinds: its histories reach every end of a run, and everything that is asked of anybody", () => {
    const worlds = Array.from({ length: 300 }, (_, seed) => live(seed, planBatch).world)
    const phases = new Set(worlds.flatMap(({ runs: all }) => [...all.values()].map(({ state }) => state.phase)))
    const asked = new Set(worlds.flatMap(({ commands }) => [...commands.values()].map(({ type }) => type)))
    expect([...phases]).toEqual(
      expect.arrayContaining(["fixed", "escalated", "aborted", "resolved", "skipped", "flaky", "awaiting-approval"]),
    )
    expect([...asked].sort()).toEqual(commandTypes.toSorted())
  })

  it("does what its messages do one by one: the same ledger, runs, commands, money and answers", { timeout: 60_000 }, () => {
    expect(search(planBatch, 700)).toBeUndefined()
  })
})

/** Bugs planted into the planning of batches, one at a time. */
const broken: Readonly<Record<string, typeof planBatch>> = {
  "a batch does not see its own runs in the counts": (items, rows, commands, facts, policy) =>
    planBatch(items, rows, commands, { ...facts, note: () => {} }, policy),
  "of two answers to a command only one gives its money back": (items, rows, commands, facts, policy) => {
    const plan = planBatch(items, rows, commands, facts, policy)
    const most = new Map(commands.map(({ commandId, maxUsd }) => [commandId, maxUsd]))
    return {
      ...plan,
      changes: plan.changes.map((change) => ({ ...change, settledUsd: Math.min(change.settledUsd, most.get(change.commandId) ?? 0) })),
    }
  },
  "a message that came twice in it is applied twice": (items, ...rest) =>
    planBatch(
      items.map((item, n) => ({ ...item, id: `${item.id}/${n}` })),
      ...rest,
    ),
  "each message sees its run as it was before the batch": (items, ...rest) => {
    const plans = items.map((item) => planBatch([item], ...rest))
    const [last = planBatch([], ...rest)] = plans.slice(-1)
    return { ...last, entries: plans.flatMap(({ entries }) => entries), runs: new Map(plans.flatMap(({ runs: changed }) => [...changed])) }
  },
  "a run that ended in it forgets to close what it had asked for": (...args) => ({ ...planBatch(...args), over: [] }),
}

describe.each(Object.entries(broken))("a planner in which %s", (_, plan) => {
  it("is found out", () => {
    expect(search(plan, 300)).toBeDefined()
  })
})
