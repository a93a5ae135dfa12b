import type { RunId } from "@ci-fix-pilot/contract/ids"
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { ciFailed, runIdOf, scriptedAnswer } from "@ci-fix-pilot/testkit/scripted-answers"
import { describe, expect, it } from "vitest"
import { batchFacts } from "./batch-facts.ts"
import { applyTo, emptyWorld, type World } from "./batch-world.suite.ts"
import { type Item, type Plan, planBatch } from "./plan-batch.ts"
import { recentRuns } from "./RecentRuns.ts"

const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"
const failed = (n: number, title = ciFailed(n).title): Item => {
  const [id, runId] = [`inbox:webhook:${n}`, runIdOf(n)]
  const message = { id, at: "", runId, traceparent, type: "ci-failed", data: { ...ciFailed(n), title } } as const
  return { id, runId, traceparent, what: { kind: "message", message, saidOn: undefined } }
}

/** Applies items, one after the other, and remembers what came of them. */
const remembering = () => {
  const recent = recentRuns()
  let world: World = emptyWorld
  const apply = (item: Item) => {
    const plans: Array<Plan> = []
    world = applyTo(world, [item], defaultPolicy, (...args) => {
      const plan = planBatch(...args)
      plans.push(plan)
      return plan
    })
    for (const plan of plans) recent.remember(plan)
  }
  const asked = (runId: RunId, type: string) =>
    [...world.commands.values()].find((command) => command.runId === runId && command.type === type)?.commandId ?? ""
  const answer = (n: number, type: "github.fetch-failure" | "notifier.notify") => {
    const causedBy = `${asked(runIdOf(n), type)}#1`
    const command = world.commands.get(causedBy.slice(0, -2))?.command
    if (command === undefined) throw new Error(`nobody asked for ${type}`)
    const message = { id: `${causedBy}#h`, at: "", runId: runIdOf(n), traceparent, causedBy, ...scriptedAnswer(command) }
    apply({ id: message.id, runId: message.runId, traceparent, what: { kind: "message", message, saidOn: undefined } })
  }
  const recall = (n: number, type: string) => recent.recall(runIdOf(n), `${asked(runIdOf(n), type)}#1`)
  return { recent, apply, answer, recall, world: () => world }
}

describe("a run that was written just now", () => {
  it("is known with each command that it asked for", () => {
    const { apply, recall, world } = remembering()
    apply(failed(1))
    expect(recall(1, "github.fetch-failure")).toMatchObject({
      run: { runId: runIdOf(1), ...world().runs.get(runIdOf(1)) },
      command: { type: "github.fetch-failure", dispatch: 1, tries: 0, open: true, holder: null },
    })
  })

  it("is known as it was written last, and no more with what was answered", () => {
    const { apply, answer, recall, world } = remembering()
    apply(failed(1))
    answer(1, "github.fetch-failure")
    expect(recall(1, "github.fetch-failure")).toBeUndefined()
    expect(recall(1, "notifier.notify")?.run.seq).toBe(world().runs.get(runIdOf(1))?.seq)
  })

  it("is known as the table has it: without what no table stores", () => {
    const { apply, recall } = remembering()
    apply(failed(1, "half \ud800 and NUL \0"))
    expect(recall(1, "github.fetch-failure")?.run.state.title).toBe("half \ufffd and NUL \ufffd")
  })

  it("is known for its first dispatch only, and until it is forgotten", () => {
    const { recent, apply, recall, world } = remembering()
    apply(failed(1))
    const [id] = [...world().commands.keys()]
    expect(recent.recall(runIdOf(1), `${id}#2`)).toBeUndefined()
    recent.forget([runIdOf(1)])
    expect(recall(1, "github.fetch-failure")).toBeUndefined()
  })
})

it("knows the runs of which it heard last, and not more than some hundred", () => {
  const recent = recentRuns()
  const plans = Array.from({ length: 300 }, (_, n) => planBatch([failed(n)], [], [], batchFacts([], []), defaultPolicy))
  for (const plan of plans) recent.remember(plan)
  const known = plans.map(({ commands }) => commands.map(({ runId, commandId }) => recent.recall(runId, `${commandId}#1`) !== undefined))
  expect([known[0], known[299]]).toEqual([
    [false, false],
    [true, true],
  ])
})
