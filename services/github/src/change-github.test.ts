import { Lease } from "@ci-fix-pilot/actor/Lease"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import { Effect, Layer } from "effect"
import { describe, expect, it } from "vitest"
import { change, changeTwice, createOrAdopt } from "./change-github.ts"
import { Conflict, Garbled, GitHub, type GitHubError, RateLimited, Unclear } from "./GitHub.ts"

const [what, why] = ["POST /x", "because"]
const errors = {
  Unclear: new Unclear({ what, why }),
  Garbled: new Garbled({ what, why }),
  Conflict: new Conflict({ what, why }),
  RateLimited: new RateLimited({ afterMs: 1, why }),
}
type Step = keyof typeof errors | "made"

/** Runs `work` with a mutation that goes as the steps say, and tells what happened in which order. */
const world = (steps: ReadonlyArray<Step>, there: string | undefined, leases = Number.POSITIVE_INFINITY) => {
  const log: Array<string> = []
  let at = 0
  let asked = 0
  const create: Effect.Effect<string, GitHubError> = Effect.suspend(() => {
    const step = steps[at] ?? "made"
    at += 1
    log.push(step)
    return step === "made" ? Effect.succeed("made") : Effect.fail(errors[step])
  })
  const find = Effect.sync(() => {
    log.push("look")
    return there
  })
  const confirm = Effect.suspend(() => {
    asked += 1
    log.push("lease")
    return asked <= leases ? Effect.void : Effect.fail(new Retry({ reason: "busy", uncounted: true }))
  })
  const turn = Effect.sync(() => {
    log.push("turn")
  })
  const layer = Layer.merge(Layer.mock(GitHub, { turn }), Layer.succeed(Lease, Lease.of({ confirm })))
  const run = async <A, E>(work: Effect.Effect<A, E, GitHub | Lease>) => {
    const outcome = await Effect.runPromise(Effect.result(work).pipe(Effect.provide(layer)))
    return { outcome: outcome._tag === "Success" ? outcome.success : outcome.failure, log: log.join(" ") }
  }
  return { create, find, run }
}

const createWith = (steps: ReadonlyArray<Step>, there?: string, leases?: number) => {
  const { create, find, run } = world(steps, there, leases)
  return run(createOrAdopt(create, find))
}

describe("a change", () => {
  it("waits for its turn, then confirms the lease, then happens", async () => {
    const { create, run } = world([], undefined)
    expect(await run(change(create))).toEqual({ outcome: "made", log: "turn lease made" })
  })

  it("does not happen without the lease", async () => {
    const { create, run } = world([], undefined, 0)
    expect(await run(change(create))).toMatchObject({ outcome: { _tag: "Retry" }, log: "turn lease" })
  })

  it("that may be repeated is repeated once after a garbled answer", async () => {
    const { create, run } = world(["Garbled"], undefined)
    expect(await run(changeTwice(create))).toEqual({ outcome: "made", log: "turn lease Garbled turn lease made" })
    const twice = world(["Garbled", "Garbled"], undefined)
    expect(await twice.run(changeTwice(twice.create))).toMatchObject({ outcome: { _tag: "Garbled" } })
  })
})

describe("creating or adopting", () => {
  it.each(["Unclear", "Conflict", "Garbled"] as const)("adopts what is there after %s, without creating again", async (step) => {
    expect(await createWith([step], "there")).toEqual({ outcome: "there", log: `turn lease ${step} look` })
  })

  it.each(["Unclear", "Conflict"] as const)(
    "fails with %s when nothing is there, and leaves the repeating to a later try",
    async (step) => {
      expect(await createWith([step])).toMatchObject({ outcome: { _tag: step }, log: `turn lease ${step} look` })
    },
  )

  it("creates once more after a garbled answer with nothing there, with a fresh lease", async () => {
    expect(await createWith(["Garbled"])).toEqual({ outcome: "made", log: "turn lease Garbled look turn lease made" })
    expect(await createWith(["Garbled", "Garbled"])).toMatchObject({ outcome: { _tag: "Garbled" } })
    expect(await createWith(["Garbled"], undefined, 1)).toMatchObject({
      outcome: { _tag: "Retry" },
      log: "turn lease Garbled look turn lease",
    })
  })

  it("does not look when it is known that nothing happened", async () => {
    expect(await createWith(["RateLimited"], "there")).toMatchObject({ outcome: { _tag: "RateLimited" }, log: "turn lease RateLimited" })
  })
})
