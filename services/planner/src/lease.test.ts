import { Bus } from "@ci-fix-pilot/actor/Bus"
import { layer as memory } from "@ci-fix-pilot/actor/Bus.memory"
import { asks } from "@ci-fix-pilot/contract/subjects"
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { type Query, Sql, SqlError } from "@ci-fix-pilot/sql/Sql"
import { Effect, Fiber, Layer, Logger, Ref } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { LeaseWatch } from "./LeaseWatch.ts"
import { layer as leases } from "./lease.ts"
import { PolicyConfig } from "./PolicyConfig.ts"

const databaseTime = "extract(epoch from now())"
type Granting = ReturnType<Query>
const granted: Granting = Effect.succeed([{ id: "c" }])

/** A planner that gives leases, on a database that does as it is told when it is asked to grant one. */
const world = Effect.gen(function* () {
  const granting = yield* Ref.make(granted)
  const seconds = yield* Ref.make(1_000)
  const query: Query = (text) => {
    if (text.includes("grant_leases")) return Effect.flatten(Ref.get(granting))
    return text.includes(databaseTime) ? Effect.map(Ref.get(seconds), (now) => [{ now }]) : Effect.succeed([])
  }
  const sql = Sql.of({ query, transaction: (work) => work(query), script: () => Effect.void })
  yield* Layer.build(leases.pipe(Layer.provide([Layer.succeed(Sql, sql), Layer.succeed(PolicyConfig, defaultPolicy)])))
  const ask = Bus.use((bus) => bus.ask(asks.lease, JSON.stringify({ commandId: "c", dispatch: 1, holder: "h" }), 600))
  const pass = (count: number) =>
    Effect.repeat(
      Effect.andThen(
        Ref.update(seconds, (now) => now + 1),
        TestClock.adjust("1 second"),
      ),
      { times: count - 1 },
    )
  return { ask, pass, become: (next: Granting) => Ref.set(granting, next), seen: yield* Effect.map(LeaseWatch, ({ seen }) => seen) }
})

const run = <A>(work: Effect.Effect<A, unknown, Effect.Services<typeof world>>) =>
  Effect.runPromise(Effect.scoped(Effect.provide(work, [memory, LeaseWatch.layer, Logger.layer([]), TestClock.layer()])))

describe("the planner's leases", () => {
  it("are given again after a question about them crashed", async () => {
    const answers = await run(
      Effect.gen(function* () {
        const { ask, become, pass } = yield* world
        yield* become(Effect.die(new Error("a row that nobody expected")))
        const asking = yield* Effect.forkChild(ask)
        yield* pass(1)
        const first = yield* Fiber.join(asking)
        yield* become(granted)
        return [first, yield* ask]
      }),
    )
    expect(answers).toEqual(['{"lease":"silent"}', '{"lease":"go"}'])
  })

  it("are watched: since when they could be renewed without a break", async () => {
    const watches = await run(
      Effect.gen(function* () {
        const { become, pass, seen } = yield* world
        yield* pass(5)
        const well = yield* seen
        yield* become(Effect.fail(new SqlError({ message: "away", code: "08006", retryable: true })))
        yield* pass(5)
        const away = yield* seen
        yield* become(granted)
        yield* pass(2)
        return [well, away, yield* seen]
      }),
    )
    expect(watches).toEqual([
      { since: 1_001, last: 1_005 },
      { since: 1_001, last: 1_005 },
      { since: 1_011, last: 1_012 },
    ])
  })
})
