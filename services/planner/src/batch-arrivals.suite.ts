/** Histories of what may arrive at the planner, for tests of batches without a database. */
import { leased } from "@ci-fix-pilot/contract/commands"
import type { Event } from "@ci-fix-pilot/contract/events"
import { answerSubject } from "@ci-fix-pilot/contract/subjects"
import { inboxSubject } from "@ci-fix-pilot/contract/who-may-say"
import type { Draw } from "@ci-fix-pilot/lifecycle/drawing"
import { defaultPolicy, type Policy } from "@ci-fix-pilot/lifecycle/policy"
import { answerOf, ciFailed, type Hub, outsideEvent, reviewOf } from "@ci-fix-pilot/lifecycle/simulation-answers"
import { runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import type { AskedCommand, World } from "./batch-world.suite.ts"
import type { Item } from "./plan-batch.ts"

const runs = 5
const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"

/** What may arrive at the planner about a few runs of two repositories; effects on GitHub happen as it is drawn. */
export class Arrivals {
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

export const policyOf = (draw: Draw): Policy => ({
  ...defaultPolicy,
  safeMode: draw(3) > 0,
  runsPerRepository: 1 + draw(2),
  pullRequestsPerRepository: 1 + draw(2),
  triesPerCommand: 2 + draw(4),
})
