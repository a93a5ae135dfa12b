/** The lanes of the one test command, in their order: what each needs, how it runs, how long it may take. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { checkout } from "@ci-fix-pilot/testkit/process-tools"
import * as provision from "../provision.ts"
import { runCheck, runVitest } from "./run-lane.ts"
import { type Tally, total } from "./tally.ts"

export interface Lane {
  readonly name: string
  readonly needs: ReadonlyArray<() => Promise<unknown>>
  readonly run: (filters: ReadonlyArray<string>) => Promise<Tally>
}

const minutes = (count: number) => count * 60_000

const components = [provision.provideNatsServer, provision.providePostgres, provision.provideBubblewrap, provision.providePython]

const vitest = (name: string, needs: Lane["needs"], atMost: number): Lane => ({
  name,
  needs,
  run: (filters) => runVitest(name, filters, atMost),
})

const check: Lane = {
  name: "check",
  needs: [],
  run: async () =>
    total([
      await runCheck("biome", ["check", "--error-on-warnings"], minutes(2)),
      await runCheck("tsc", ["--noEmit", "-p", "."], minutes(5)),
    ]),
}

/** A lane that is not built yet has no folder; an empty folder fails. */
const exists = ({ name }: Lane): boolean => !["e2e", "chaos"].includes(name) || existsSync(join(checkout(), "deploy", name))

/** Format, lint and types; then the tests, from pure to the whole fleet. */
export const lanes: ReadonlyArray<Lane> = [
  check,
  vitest("unit", [], minutes(3)),
  vitest("integration", components, minutes(12)),
  vitest("e2e", components, minutes(12)),
  vitest("chaos", components, minutes(6)),
].filter(exists)

/** Lanes whose tests need a Docker daemon. */
export const withDocker: ReadonlyArray<string> = ["integration", "e2e", "chaos"]
