import { commands } from "@ci-fix-pilot/contract/commands"
import { Config, Effect, Schema } from "effect"
import type { Notice } from "./message.ts"

/** The kinds of notices that people want to be told of. */
export type Kinds = ReadonlySet<Notice["kind"]>

const kinds = commands["notifier.notify"].fields.kind.literals
const isKind = Schema.is(commands["notifier.notify"].fields.kind)
const listed = (text: string) =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")

const Names = Schema.String.check(
  Schema.makeFilter((text) => {
    const unknown = listed(text).filter((name) => !isKind(name))
    return unknown.length === 0 || `no such event: ${unknown.join(", ").slice(0, 200)}; there are ${kinds.join(", ")}`
  }),
)

/** `CI_HEALING_SLACK_EVENTS`: names, separated by commas; empty: all. */
export const wantedKinds: Effect.Effect<Kinds, Config.ConfigError> = Effect.gen(function* () {
  const names = listed(yield* Config.schema(Names, "CI_HEALING_SLACK_EVENTS").pipe(Config.withDefault("")))
  return new Set(names.length === 0 ? kinds : names.filter(isKind))
})
