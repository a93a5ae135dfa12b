/**
 * The one test command: every lane, with what it needs. The last line of standard output is `N passed, N failed`.
 *
 *   npm test                               everything
 *   npm test -- --lane unit                one lane (or several: --lane unit,integration)
 *   npm test -- --lane integration libs    those of its files whose path contains a word
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { holdComponents } from "./lanes/components.ts"
import { allLanesWithin, type Lane, lanes, rounds } from "./lanes/lanes.ts"
import { killGroups } from "./lanes/run-group.ts"
import { broken, type Tally, total } from "./lanes/tally.ts"
import { say, secondsSince } from "./provision/say.ts"

const { values, positionals } = parseArgs({ args: Bun.argv.slice(2), options: { lane: { type: "string" } }, allowPositionals: true })
const wanted = values.lane?.split(",") ?? lanes.map(({ name }) => name)
const unknown = wanted.filter((name) => !lanes.some((lane) => lane.name === name))
if (unknown.length > 0) {
  say(`no lane ${unknown.join(", ")}: use ${lanes.map(({ name }) => name).join(", ")}`)
  process.exit(2)
}

/** Whatever the lanes leave in the temporary folder goes with it. Open to all: a database server is not root. */
const temporary = mkdtempSync(join(tmpdir(), "ci-fix-pilot-"))
chmodSync(temporary, 0o755)
Bun.env["TMPDIR"] = temporary

const components = holdComponents()
const end = performance.now() + allLanesWithin

/** A component that cannot be had is a failure of its own; the tests that can do without it still run. */
const runLane = async (lane: Lane): Promise<Tally> => {
  say(`\n== ${lane.name}`)
  const missing = lane.needsComponents ? await components.provide() : []
  const within = Math.min(lane.atMost, end - performance.now())
  if (within <= 0) return broken("no time left")
  return total([...missing.map(broken), await lane.run(positionals, within)])
}

const leave = async () => {
  killGroups()
  await components.release()
  rmSync(temporary, { recursive: true, force: true })
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, async () => {
    say(`${signal}: stopping`)
    await leave()
    process.exit(130)
  })

const tallies: Array<{ name: string; tally: Tally; seconds: string }> = []
for (const round of rounds) {
  const start = performance.now()
  const time = async (lane: Lane) => {
    const tally = await runLane(lane)
    return { name: lane.name, tally, seconds: secondsSince(start) }
  }
  tallies.push(...(await Promise.all(round.filter(({ name }) => wanted.includes(name)).map(time))))
}
await leave()

say("")
for (const { name, tally, seconds } of tallies) {
  say(`${name.padEnd(12)} ${`${tally.passed}`.padStart(5)} passed ${`${tally.failed}`.padStart(4)} failed  ${seconds.padStart(8)}`)
  for (const remark of tally.remarks) say(`  ${remark}`)
}
const { passed, failed } = total(tallies.map(({ tally }) => tally))
// The two streams may end in one file: what was said before must be in it before the last line is.
await new Promise<void>((resolve) => process.stderr.write("\n", () => resolve()))
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
