import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as MemoryBus from "@ci-fix-pilot/actor/Bus.memory"
import { asks } from "@ci-fix-pilot/contract/subjects"
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { target } from "./material-fixture.ts"
import { readPlaces, readWhole } from "./read-sources.ts"
import { layer } from "./Sources.bus.ts"

/** Reads a file, whole and in part, when this is what the validator says of every file. */
const reading = (said: object) =>
  Effect.gen(function* () {
    yield* (yield* Bus).answer(asks.readFile, () => Effect.succeed(JSON.stringify(said)))
    return [yield* Effect.result(readWhole(target, "a.txt")), yield* Effect.result(readPlaces(target, [{ path: "a.txt" }]))]
  }).pipe(Effect.provide(layer.pipe(Layer.provideMerge(MemoryBus.layer))))

it.effect("a file is not there when the validator says so", () =>
  Effect.gen(function* () {
    expect(yield* reading({ missing: "there is no such file" })).toMatchObject([{ success: undefined }, { success: [] }])
  }),
)

it.effect("a file that cannot be read just now is not taken for one that is not there", () =>
  Effect.gen(function* () {
    const away = { failure: { _tag: "SourcesAway", reason: expect.stringContaining("the mirror is away") } }
    expect(yield* reading({ away: "the mirror is away" })).toMatchObject([away, away])
  }),
)
