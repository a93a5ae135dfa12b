import { configuration, isSecret, shownValue } from "@ci-fix-pilot/contract/configuration"
import type { Service } from "@ci-fix-pilot/contract/ids"
import { healthSubject } from "@ci-fix-pilot/contract/subjects"
import type { Setting, Health as SystemHealth } from "@ci-fix-pilot/contract/system-view"
import { Config, Context, Effect, Layer, Option } from "effect"
import { Bus } from "./Bus.ts"

/** What a service says of itself when it is asked: `notes` name what it cannot do and what to do about it. */
export type Health = Pick<typeof SystemHealth.Type, "ready" | "notes">

/** How a service knows that it is well; a service with something to check provides its own. */
export const HealthCheck = Context.Reference<Effect.Effect<Health>>("ci-fix-pilot/HealthCheck", {
  defaultValue: () => Effect.succeed({ ready: true, notes: [] }),
})

/** How a service was set up; what is secret only says whether it is set. */
const settingsOf = (service: Service) =>
  Effect.forEach(configuration[service], (name) =>
    Config.option(Config.String(name)).pipe(
      Effect.orElseSucceed(() => Option.none<string>()),
      Effect.map(Option.filter((value) => value !== "")),
      Effect.map((value): Setting => {
        const secret = isSecret(name)
        return { name, secret, isSet: Option.isSome(value), value: secret ? null : Option.getOrNull(Option.map(value, shownValue)) }
      }),
    ),
  )

/** Answers `ask.<service>.health` as long as the scope lives. */
export const answerHealth = (service: Service, version: string) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const bus = yield* Bus
      const check = yield* HealthCheck
      const settings = yield* settingsOf(service)
      const startedAt = performance.now()
      yield* bus.answer(healthSubject(service), () =>
        Effect.map(check, (health) => {
          const [upMs, rssBytes] = [Math.round(performance.now() - startedAt), process.memoryUsage.rss()]
          const said: typeof SystemHealth.Type = { version, upMs, rssBytes, configuration: settings, ...health }
          return JSON.stringify({ service, ...said })
        }),
      )
    }),
  )
