import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { expect, it } from "vitest"
import { takeSlot } from "./workspace-slot.ts"

const decode = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ slot: Schema.String, holders: Schema.Array(Schema.String), pid: Schema.Int })),
)

it("is free as soon as its service is dead: no other program holds it, not even one that the service started and that lives on", async () => {
  const directory = mkdtempSync(join(tmpdir(), "ci-fix-pilot-slot-"))
  const service = Bun.spawn(["bun", join(import.meta.dirname, "slot-holder-fixture.ts"), directory], { stdout: "pipe", stderr: "inherit" })
  const { slot, holders, pid } = decode(new TextDecoder().decode((await service.stdout.getReader().read()).value))
  const meanwhile = await Effect.runPromise(Effect.scoped(takeSlot(directory)))
  service.kill("SIGKILL")
  await service.exited
  const after = await Effect.runPromise(Effect.scoped(takeSlot(directory))).finally(() => process.kill(pid, "SIGKILL"))
  rmSync(directory, { recursive: true, force: true })
  expect([slot, meanwhile, after]).toEqual(["0", "1", "0"].map((number) => join(directory, number)))
  expect(holders).toEqual([])
})

it("is taken before the leftovers of other services are looked at, which holds their slots for a moment, and then they go", async () => {
  const directory = mkdtempSync(join(tmpdir(), "ci-fix-pilot-slot-"))
  const left = join(directory, "1/views/7/root")
  mkdirSync(left, { recursive: true })
  writeFileSync(join(left, "file"), "")
  const there = await Effect.runPromise(
    Effect.gen(function* () {
      yield* takeSlot(directory)
      const meanwhile = existsSync(left)
      yield* TestClock.adjust("30 seconds")
      yield* Effect.promise(() => expect.poll(() => [existsSync(left), readdirSync(join(directory, "1/left"))]).toEqual([false, []]))
      return [meanwhile, existsSync(left)]
    }).pipe(Effect.scoped, Effect.provide(TestClock.layer())),
  )
  rmSync(directory, { recursive: true, force: true })
  expect(there).toEqual([true, false])
})
