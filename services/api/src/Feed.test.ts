import { Bus } from "@ci-fix-pilot/actor/Bus"
import { allRuns } from "@ci-fix-pilot/contract/subjects"
import { SqlError } from "@ci-fix-pilot/sql/Sql"
import { expect, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import { Feed } from "./Feed.ts"
import { entry, follow, greeting, makeLedger, say, settle, world } from "./told-ledger.suite.ts"

describe("the feed", () => {
  it.effect("shows what is said next without asking the ledger", () => {
    const { ledger, layer } = makeLedger(3)
    return Effect.gen(function* () {
      yield* settle
      const client = yield* follow()
      const before = ledger.reads
      yield* say(entry(4))
      yield* say(entry(5))
      expect(yield* client.until(5)).toEqual([4, 5])
      expect(ledger.reads).toBe(before)
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("reads at once what the broker left out", () => {
    const { ledger, layer } = makeLedger(3)
    return Effect.gen(function* () {
      yield* settle
      const client = yield* follow()
      ledger.entries.push(entry(4), entry(5), entry(6))
      yield* say(entry(6))
      expect(yield* client.until(6)).toEqual([4, 5, 6])
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("looks each second for what the broker never said", () => {
    const { ledger, layer } = makeLedger(3)
    return Effect.gen(function* () {
      yield* settle
      const client = yield* follow()
      ledger.entries.push(entry(4))
      yield* TestClock.adjust("1 second")
      expect(yield* client.until(4)).toEqual([4])
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("shows once what is said twice, late or out of order", () => {
    const { ledger, layer } = makeLedger(3)
    return Effect.gen(function* () {
      yield* settle
      const client = yield* follow()
      ledger.entries.push(entry(4), entry(5), entry(6))
      for (const position of [5, 4, 4, 6, 5, 2, 7]) yield* say(entry(position))
      expect(yield* client.until(7)).toEqual([4, 5, 6, 7])
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("shows nothing that the ledger does not hold, and nothing that it cannot read", () => {
    const { layer } = makeLedger(3)
    return Effect.gen(function* () {
      yield* settle
      const client = yield* follow()
      yield* say(entry(9))
      yield* Bus.use((bus) => bus.publish(allRuns.replace(">", "x.y"), "{", "broken"))
      yield* settle
      yield* say(entry(4))
      expect(yield* client.until(4)).toEqual([4])
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("loses nothing that happens while a client's page is on its way", () => {
    const { ledger, layer } = makeLedger(3)
    return Effect.gen(function* () {
      yield* settle
      const gate = yield* Deferred.make<void>()
      ledger.gate = Deferred.await(gate)
      const client = yield* follow(1)
      yield* settle
      ledger.entries.push(entry(4))
      yield* say(entry(4))
      yield* settle
      ledger.gate = Effect.void
      yield* Deferred.succeed(gate, undefined)
      expect(yield* client.until(4)).toEqual([2, 3, 4])
      yield* say(entry(5))
      expect(yield* client.until(5)).toEqual([2, 3, 4, 5])
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("turns away who is ahead of it while the ledger cannot be read: a shorter ledger would seem to be another one", () => {
    const { ledger, layer } = makeLedger(3)
    return Effect.gen(function* () {
      yield* settle
      ledger.entries.push(entry(4))
      ledger.gate = new SqlError({ message: "the database is away", code: "57P03", retryable: true })
      const refused = yield* Effect.flip(Feed.use((feed) => feed.follow({ after: 4 })))
      expect(refused).toMatchObject({ code: "unavailable", retryAfter: 1 })
      expect(yield* Feed.use((feed) => feed.clients)).toBe(0)
      ledger.gate = Effect.void
      const follower = yield* Feed.use((feed) => feed.follow({ after: 4 }))
      expect(follower.position).toBe(4)
      follower.close()
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("takes who is beyond the ledger's end for a reader of another ledger", () => {
    const { layer } = makeLedger(3)
    return Effect.gen(function* () {
      yield* settle
      expect((yield* Feed.use((feed) => feed.follow({ after: 9 }))).position).toBe(3)
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("says which ledger it tells: a reader of another one notices, however long that is", () => {
    const { layer } = makeLedger(3)
    return Effect.gen(function* () {
      expect(yield* greeting).toBe("retry: 1000\nid: 3\nledger: this-one\n\n")
    }).pipe(Effect.provide(world(layer)))
  })

  it.effect("counts its clients", () => {
    const { layer } = makeLedger(0)
    return Effect.gen(function* () {
      const [one, other] = [yield* follow(), yield* follow(0)]
      expect(yield* Feed.use((feed) => feed.clients)).toBe(2)
      one.close()
      other.close()
      other.close()
      expect(yield* Feed.use((feed) => feed.clients)).toBe(0)
    }).pipe(Effect.provide(world(layer)))
  })
})
