import { expect, it } from "@effect/vitest"
import { Clock, ConfigProvider, Effect } from "effect"
import { TestClock } from "effect/testing"
import { registryMark } from "../install/registry-settings.ts"
import { freshLayer } from "./fresh-layer.ts"
import type { ViewLayer } from "./Workspace.ts"

const lacking = (gone: () => boolean) => {
  const made = new Map<number, ViewLayer>()
  const use = freshLayer((generation) =>
    Effect.gen(function* () {
      const madeAt = yield* Clock.currentTimeMillis
      const facts = { key: String(generation), by: "npm install", notes: [], env: {}, path: [] }
      const layer = made.get(generation) ?? (gone() ? { ...facts, madeAt, notInstalled: ["absent@1: no"] } : facts)
      made.set(generation, layer)
      return layer
    }),
  )
  return { use, made }
}

it.effect("what was installed whole is used for good", () =>
  Effect.gen(function* () {
    const { use, made } = lacking(() => false)
    yield* use
    yield* TestClock.adjust("400 days")
    expect(yield* use).toMatchObject({ key: "0" })
    expect(made.size).toBe(1)
  }),
)

it.effect("what lacks something is used for an hour, and then looked for again, less and less often", () =>
  Effect.gen(function* () {
    const { use, made } = lacking(() => true)
    yield* use
    yield* TestClock.adjust("59 minutes")
    expect(yield* use).toMatchObject({ key: "0" })
    yield* TestClock.adjust("2 minutes")
    expect(yield* use).toMatchObject({ key: "1" })
    yield* TestClock.adjust("90 minutes")
    expect(yield* use).toMatchObject({ key: "1" })
    for (let hours = 0; hours < 48; hours += 1) {
      yield* TestClock.adjust("1 hour")
      yield* use
    }
    expect(made.size).toBeLessThanOrEqual(9)
  }),
)

it.effect("what can be had at last is there within the hour, and stays", () =>
  Effect.gen(function* () {
    let gone = true
    const { use } = lacking(() => gone)
    yield* use
    gone = false
    yield* TestClock.adjust("61 minutes")
    expect(yield* use).not.toHaveProperty("notInstalled")
    yield* TestClock.adjust("30 days")
    expect(yield* use).toMatchObject({ key: "1" })
  }),
)

it.effect("another registry, or another token for it, is another place to install from", () =>
  Effect.gen(function* () {
    const markOf = (settings: Record<string, string>) =>
      Effect.provide(registryMark("npm"), ConfigProvider.layer(ConfigProvider.fromEnvRecord(settings)))
    const [one, other] = ["https://one.test/", "https://other.test/"]
    const marks = yield* Effect.forEach(
      [
        {},
        { CI_HEALING_NPM_REGISTRY: one },
        { CI_HEALING_NPM_REGISTRY: other },
        { CI_HEALING_NPM_REGISTRY: other, CI_HEALING_NPM_TOKEN: "s3cret" },
        { CI_HEALING_NPM_REGISTRY: other, CI_HEALING_NPM_TOKEN: "renewed" },
        { CI_HEALING_NPM_REGISTRY: other, CI_HEALING_NPM_TOKEN: "renewed", CI_HEALING_PIP_INDEX: one },
      ],
      markOf,
    )
    expect(new Set(marks).size).toBe(5)
    expect(marks.at(-1)).toBe(marks.at(-2))
    expect(marks.join()).not.toMatch(/s3cret|renewed/u)
  }),
)
