import { expect, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import { Feed } from "./Feed.ts"
import { entry, follow, greeting, makeLedger, say, settle, world } from "./told-ledger.suite.ts"

describe("the feed, when its ledger becomes another one", () => {
  it.effect.each([
    { is: "another one of the same length", id: "another", length: 3 },
    { is: "another one that is longer", id: "another", length: 9 },
    { is: "an earlier state of it", id: "this-one", length: 2 },
  ])("lets everybody go when the ledger below it has become $is, and tells that one", ({ id, length }) => {
    const { ledger, layer } = makeLedger(3)
    return Effect.gen(function* () {
      yield* settle
      const [here, gate] = [yield* follow(), yield* Deferred.make<void>()]
      ledger.gate = Deferred.await(gate)
      const resuming = yield* follow(1)
      yield* settle
      Object.assign(ledger, { id, entries: makeLedger(length).ledger.entries, gate: Effect.void })
      yield* TestClock.adjust("1 second")
      expect([here.closed(), resuming.closed(), yield* Feed.use((feed) => feed.clients)]).toEqual([true, true, 0])
      expect(yield* greeting).toBe(`retry: 1000\nid: ${length}\nledger: ${id}\n\n`)
      const client = yield* follow()
      yield* say(entry(length + 1))
      expect(yield* client.until(length + 1)).toEqual([length + 1])
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("names the ledger as soon as it has a name: the planner may bring it after this process began", () => {
    const { ledger, layer } = makeLedger(3)
    ledger.id = undefined
    return Effect.gen(function* () {
      yield* settle
      expect(yield* greeting).toBe("retry: 1000\nid: 3\n\n")
      ledger.id = "this-one"
      yield* TestClock.adjust("1 second")
      expect(yield* greeting).toBe("retry: 1000\nid: 3\nledger: this-one\n\n")
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("lets nobody go because more was said while it looked", () => {
    const { ledger, layer } = makeLedger(3)
    return Effect.gen(function* () {
      yield* settle
      const [client, gate] = [yield* follow(), yield* Deferred.make<void>()]
      ledger.gate = Deferred.await(gate)
      yield* TestClock.adjust("1 second")
      ledger.entries.push(entry(4))
      yield* say(entry(4))
      yield* settle
      yield* Deferred.succeed(gate, undefined)
      expect(yield* client.until(4)).toEqual([4])
      yield* settle
      expect(client.closed()).toBe(false)
    }).pipe(Effect.provide(world(layer)))
  })
})
