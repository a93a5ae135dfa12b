/** The lanes of the one test command, in their order: what each needs, how it runs, how long it may take. */
import { runCheck, runRules, runVitest } from "./run-lane.ts"
import { type Tally, total } from "./tally.ts"

export interface Lane {
  readonly name: string
  /** Whether its tests need the components of a fleet, a Docker daemon and the sandbox image among them. */
  readonly needsComponents: boolean
  /** ms */
  readonly atMost: number
  readonly run: (filters: ReadonlyArray<string>, atMost: number) => Promise<Tally>
}

/** The whole command stays below this (ms), whatever hangs. */
export const allLanesWithin = 29 * 60_000

const minutes = (count: number) => count * 60_000

const vitest = (name: string, needsComponents: boolean, atMost: number): Lane => ({
  name,
  needsComponents,
  atMost,
  run: (filters, within) => runVitest(name, filters, within),
})

const check: Lane = {
  name: "check",
  needsComponents: false,
  atMost: minutes(5),
  run: async (_filters, within) =>
    total([
      await runCheck("biome", ["check", "--error-on-warnings"], within / 3),
      await runCheck("tsc", ["--noEmit", "-p", "."], within / 3),
      await runCheck("svelte-check", ["--tsconfig", "tsconfig.json", "--fail-on-warnings"], within / 3, "ui"),
    ]),
}

/** The sentences about a run's rules, and how much of the rules they reach. */
const rules: Lane = { name: "rules", needsComponents: false, atMost: minutes(2), run: (_filters, within) => runRules(within) }

/**
 * Format, lint and types; then the tests, from pure to the whole fleet. Lanes of one round run side by side: they mostly wait, for programs,
 * time-outs and each other's disks, and share nothing but the machine.
 */
export const rounds: ReadonlyArray<ReadonlyArray<Lane>> = [
  [check],
  [vitest("unit", false, minutes(5))],
  [vitest("ui", false, minutes(3))],
  [rules, vitest("properties", false, minutes(5))],
  [vitest("integration", true, minutes(15)), vitest("sandbox", true, minutes(15))],
  [vitest("e2e", true, minutes(15)), vitest("browser", true, minutes(10))],
  [vitest("chaos", true, minutes(6))],
]

export const lanes: ReadonlyArray<Lane> = rounds.flat()
