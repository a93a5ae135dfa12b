import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Schema } from "effect"
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
