import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Deferred, Effect, Schedule } from "effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import { makeCache } from "./workspace-cache.ts"

let slot: string
beforeEach(() => {
  slot = mkdtempSync(join(tmpdir(), "ci-fix-pilot-cache-"))
  for (const name of ["mirrors", "trees/older", "trees/newer", "layers", "tmp"]) mkdirSync(join(slot, name), { recursive: true })
  utimesSync(join(slot, "trees/older"), 1_000, 1_000)
})
afterEach(() => rmSync(slot, { recursive: true, force: true }))

const made = () => Effect.die("it is there already")
const trees = () => readdirSync(join(slot, "trees")).toSorted()

it("what a service that was killed had made is of use before anybody knows how large it is", async () => {
  const path = await Effect.runPromise(
    Effect.gen(function* () {
      const cache = yield* makeCache(slot, 10, () => Effect.never)
      return yield* cache.use("trees", "newer", made)
    }).pipe(Effect.scoped),
  )
  expect(path).toBe(join(slot, "trees/newer"))
})

it("room is made as soon as that is known, of what was unused the longest", async () => {
  const left = await Effect.runPromise(
    Effect.gen(function* () {
      const known = yield* Deferred.make<number>()
      yield* makeCache(slot, 10, () => Deferred.await(known))
      const before = trees()
      yield* Deferred.succeed(known, 7)
      const removed = Effect.suspend(() => (trees().length === 2 ? Effect.fail("not yet") : Effect.void))
      yield* Effect.retry(removed, Schedule.spaced("1 millis"))
      return [before, trees()]
    }).pipe(Effect.scoped),
  )
  expect(left).toEqual([["newer", "older"], ["newer"]])
})
