import { commandTypes } from "@ci-fix-pilot/contract/commands"
import { drawing } from "@ci-fix-pilot/lifecycle/drawing"
import { describe, expect, it } from "vitest"
import { Arrivals, policyOf } from "./batch-arrivals.suite.ts"
import { applyTo, comparable, emptyWorld } from "./batch-world.suite.ts"
import { type Item, planBatch } from "./plan-batch.ts"

const inWords = ({ id, what }: Item) => `${id}: ${what.kind === "noticed" ? what.input.kind : what.message.type}`

/** What of one result the other does not have. */
const missing = (one: ReturnType<typeof comparable>, other: ReturnType<typeof comparable>) => {
  const rows = (all: typeof one) =>
    [all.entries, all.runs, all.outcomes, all.commands].flatMap((part) => part.map((row) => JSON.stringify(row)))
  const there = new Set(rows(other))
  return rows(one).filter((row) => !there.has(row))
}

const partsThatDiffer = (one: ReturnType<typeof comparable>, other: ReturnType<typeof comparable>) =>
  (["entries", "runs", "outcomes", "commands"] as const).filter((part) => !Bun.deepEquals(one[part], other[part])).join(", ")

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
      const parts = partsThatDiffer(batched, single)
      const difference = { seed, parts, items: items.map(inWords), batched: missing(batched, single), single: missing(single, batched) }
      return { world, difference }
    }
  }
  return { world, difference: undefined }
}

/** The first difference, or the first that is in these parts. */
const search = (plan: typeof planBatch, histories: number, parts?: string) => {
  for (let seed = 0; seed < histories; seed += 1) {
    const { difference } = live(seed, plan)
    if (difference !== undefined && (parts ?? difference.parts) === difference.parts) return difference
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

/** Bugs planted into the planning of batches, one at a time, each with what then is not as it is one by one. */
const broken: Readonly<Record<string, { readonly shows: string; readonly plan: typeof planBatch }>> = {
  "a batch does not see its own runs in the counts": {
    shows: "entries, runs, outcomes, commands",
    plan: (items, rows, commands, facts, policy) => planBatch(items, rows, commands, { ...facts, note: () => {} }, policy),
  },
  "of two answers to a command only one gives its money back": {
    shows: "commands",
    plan: (items, rows, commands, facts, policy) => {
      const plan = planBatch(items, rows, commands, facts, policy)
      const most = new Map(commands.map(({ commandId, maxUsd }) => [commandId, maxUsd]))
      return {
        ...plan,
        changes: plan.changes.map((change) => ({ ...change, settledUsd: Math.min(change.settledUsd, most.get(change.commandId) ?? 0) })),
      }
    },
  },
  "a message that came twice in it is applied twice": {
    shows: "entries, runs",
    plan: (items, ...rest) => {
      const isRepeat = (item: Item, n: number) => items.findIndex(({ id }) => id === item.id) < n
      const plan = planBatch(
        items.map((item, n) => (isRepeat(item, n) ? { ...item, id: `${item.id}/${n}` } : item)),
        ...rest,
      )
      const known = new Set(items.map(({ id }) => id))
      return { ...plan, outcomes: new Map([...plan.outcomes].filter(([id]) => known.has(id))) }
    },
  },
  "each message sees its run as it was before the batch": {
    shows: "entries, runs, outcomes",
    plan: (items, ...rest) => {
      const plans = items.map((item) => planBatch([item], ...rest))
      const [last = planBatch([], ...rest)] = plans.slice(-1)
      return {
        ...last,
        entries: plans.flatMap(({ entries }) => entries),
        commands: plans.flatMap(({ commands }) => commands),
        changes: plans.flatMap(({ changes }) => changes),
        over: plans.flatMap(({ over }) => over),
        applied: plans.flatMap(({ applied }) => applied),
        runs: new Map(plans.flatMap(({ runs }) => [...runs])),
        outcomes: new Map(plans.flatMap(({ outcomes }) => [...outcomes])),
      }
    },
  },
  "a run that ended in it forgets to close what it had asked for": {
    shows: "commands",
    plan: (...args) => ({ ...planBatch(...args), over: [] }),
  },
}

describe.each(Object.entries(broken))("a planner in which %s", (_, { shows, plan }) => {
  it(`is found out: other ${shows}`, () => {
    expect(search(plan, 300, shows)).toBeDefined()
  })
})
