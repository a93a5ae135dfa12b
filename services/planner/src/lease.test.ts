import { Bus } from "@ci-fix-pilot/actor/Bus"
import { layer as memory } from "@ci-fix-pilot/actor/Bus.memory"
import { asks } from "@ci-fix-pilot/contract/subjects"
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { type Query, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Layer, Logger, Ref } from "effect"
import { describe, expect, it } from "vitest"
import { layer as leases } from "./lease.ts"
import { PolicyConfig } from "./PolicyConfig.ts"

type Granting = ReturnType<Query>
const granted: Granting = Effect.succeed([{ id: "c" }])

/** A planner that gives leases, on a database that does as it is told when it is asked to grant one. */
const world = Effect.gen(function* () {
  const granting = yield* Ref.make(granted)
  const query: Query = (text) => (text.includes("grant_leases") ? Effect.flatten(Ref.get(granting)) : Effect.succeed([]))
  const sql = Sql.of({ query, transaction: (work) => work(query), script: () => Effect.void })
  yield* Layer.build(leases.pipe(Layer.provide([Layer.succeed(Sql, sql), Layer.succeed(PolicyConfig, defaultPolicy)])))
  const ask = Bus.use((bus) => bus.ask(asks.lease, JSON.stringify({ commandId: "c", dispatch: 1, holder: "h" }), 600))
  return { ask, become: (next: Granting) => Ref.set(granting, next) }
})

const run = <A>(work: Effect.Effect<A, unknown, Effect.Services<typeof world>>) =>
  Effect.runPromise(Effect.scoped(Effect.provide(work, [memory, Logger.layer([])])))

describe("the planner's leases", () => {
  it("are given again after a question about them crashed", async () => {
    const answers = await run(
      Effect.gen(function* () {
        const { ask, become } = yield* world
        yield* become(Effect.die(new Error("a row that nobody expected")))
        const first = yield* ask
        yield* become(granted)
        return [first, yield* ask]
      }),
    )
    expect(answers).toEqual(['{"lease":"silent"}', '{"lease":"go"}'])
  })
})
