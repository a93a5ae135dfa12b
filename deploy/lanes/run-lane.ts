/** Runs one lane with vitest and counts what came of it. */
import { existsSync } from "node:fs"
import { mkdir, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { checkout, toolsDirectory } from "@ci-fix-pilot/machine/process-tools"
import { Option, Schema } from "effect"
import { runGroup } from "./run-group.ts"
import { broken, Report, type Tally, tallyOf, total } from "./tally.ts"

const environment = () => ({ PATH: `${join(toolsDirectory(), "bin")}:${Bun.env["PATH"] ?? ""}` })

/** Runs a program of a folder's `node_modules/.bin`, in that folder, as a check that passes or fails as a whole. */
export const runCheck = async (program: string, args: ReadonlyArray<string>, atMost: number, folder = "."): Promise<Tally> => {
  const { code } = await runGroup(join("node_modules/.bin", program), args, { cwd: join(checkout(), folder), env: environment(), atMost })
  return code === 0 ? { passed: 1, failed: 0, remarks: [] } : broken(`${program} ended with ${code}`)
}

/** Runs the vitest project `name`, or those of its files whose path contains one of `filters`. */
export const runVitest = async (name: string, filters: ReadonlyArray<string>, atMost: number): Promise<Tally> => {
  const folder = join(checkout(), ".out/tests")
  await mkdir(folder, { recursive: true })
  const report = join(folder, `${name}-${process.pid}.json`)
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
  const vitest = ["--bun", "node_modules/.bin/vitest", "run", "--project", name, ...reporters, ...filters]
  const { code, leftovers } = await runGroup(process.execPath, vitest, { cwd: checkout(), env: environment(), atMost })
  const text = existsSync(report) ? await readFile(report, "utf8") : ""
  await rm(report, { force: true })
  const found = Option.getOrUndefined(Schema.decodeUnknownOption(Report)(text))
  return total([tallyOf(found, code), ...leftovers.map((program) => broken(`left running: ${program}`))])
}

const rules = "libs/lifecycle/src/decide*.ts"

/** Runs the sentences about a run's rules; fails unless they reach every branch of the decider. */
export const runRules = async (atMost: number): Promise<Tally> => {
  const reports = join(checkout(), ".out/coverage")
  const coverage = [
    "--coverage.enabled",
    "--coverage.provider=istanbul",
    "--coverage.reporter=text-summary",
    `--coverage.reportsDirectory=${reports}`,
  ]
  const every = [`--coverage.include=${rules}`, "--coverage.thresholds.branches=100", "--coverage.thresholds.functions=100"]
  const vitest = [
    "--bun",
    "node_modules/.bin/vitest",
    "run",
    "--project",
    "unit",
    ...coverage,
    ...every,
    "libs/lifecycle/src/decide",
    "libs/lifecycle/src/strategy",
  ]
  const { code } = await runGroup(process.execPath, vitest, { cwd: checkout(), env: environment(), atMost })
  return code === 0 ? { passed: 1, failed: 0, remarks: [] } : broken(`not every branch of ${rules} is reached by its sentences`)
}
