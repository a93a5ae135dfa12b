/** A ledger in memory, the feed above it, and clients that follow the feed. */
import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as MemoryBus from "@ci-fix-pilot/actor/Bus.memory"
import type { LedgerEntry } from "@ci-fix-pilot/contract/run-view"
import { allRuns } from "@ci-fix-pilot/contract/subjects"
import type { SqlError } from "@ci-fix-pilot/sql/Sql"
import { ConfigProvider, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Feed } from "./Feed.ts"
import { Runs } from "./Runs.ts"
import { runId } from "./stories.suite.ts"

/** A fact of a run at a place of the ledger. */
export const entry = (position: number): LedgerEntry => ({
  runId: runId(1),
  seq: position,
  position,
  type: "fetch-started",
  at: "2026-11-23T01:00:00.000Z",
  causedBy: "test",
  traceparent: "",
  data: {},
})

/** A ledger of so many entries that tests may add to; a read takes what is there when it begins, and waits at the gate if there is one. */
export const makeLedger = (length: number) => {
  const ledger = {
    id: "this-one" as string | undefined,
    entries: Array.from({ length }, (_, at) => entry(at + 1)),
    reads: 0,
    gate: Effect.void as Effect.Effect<void, SqlError>,
  }
  const unused = Effect.die(new Error("not asked for"))
  const layer = Layer.succeed(
    Runs,
    Runs.of({
      page: () => unused,
      find: () => unused,
      ledger: () => unused,
      accepted: () => unused,
      remembered: () => unused,
      head: Effect.suspend(() => Effect.as(ledger.gate, { position: ledger.entries.length, ledger: ledger.id })),
      after: (position, limit, only) =>
        Effect.suspend(() => {
          ledger.reads += 1
          const page = ledger.entries.filter((one) => one.position > position && (only ?? one.runId) === one.runId).slice(0, limit)
          return Effect.as(ledger.gate, page)
        }),
    }),
  )
  return { ledger, layer }
}

/** The feed above such a ledger, with a bus that says what it is told. */
export const world = (runs: Layer.Layer<Runs>) =>
  Feed.layer.pipe(
    Layer.provide(runs),
    Layer.provideMerge(MemoryBus.layer),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord({}))),
  )

/** Says an entry on the bus. */
export const say = (one: LedgerEntry) =>
  Bus.use((bus) => bus.publish(allRuns.replace(">", `${one.runId}.${one.type}`), JSON.stringify({ id: "x", ...one }), `${one.position}`))
/** Lets everything run that can run; less than the feed's own second passes. */
export const settle = TestClock.adjust("10 millis")

/** Follows the feed, as a page does. */
export const follow = Effect.fnUntraced(function* (after?: number) {
  const follower = yield* Feed.use((feed) => feed.follow(after === undefined ? {} : { after }))
  const reader = follower.body.getReader()
  const seen: Array<number> = []
  /** Reads until a position has come. */
  const until = (position: number) =>
    Effect.promise(async () => {
      while (seen.at(-1) !== position) {
        const { done, value } = await reader.read()
        if (done) throw new Error("the stream ended")
        for (const [, id] of new TextDecoder().decode(value).matchAll(/^id: (\d+)\ndata/gmu)) seen.push(Number(id))
      }
      return seen
    })
  return { until, close: () => follower.close(), closed: () => follower.closed }
})

/** The first thing that a client is told. */
export const greeting = Effect.gen(function* () {
  const follower = yield* Feed.use((feed) => feed.follow({}))
  const { value } = yield* Effect.promise(() => follower.body.getReader().read())
  follower.close()
  return new TextDecoder().decode(value)
})
