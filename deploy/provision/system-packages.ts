/** Packages that must be installed for the whole system: only where that is ours to do, or after asking. */
import { createInterface } from "node:readline/promises"
import { quiet } from "./apt.ts"
import { isOurs } from "./machine.ts"
import { CannotProvide, say, secondsSince } from "./say.ts"
import { attempt, persistently, run } from "./shell.ts"

/** Installs `packages` unless `present()`; throws CannotProvide with the exact line to run where that is not ours to do. */
export const installPackages = async (why: string, packages: ReadonlyArray<string>, present: () => boolean): Promise<void> => {
  if (present()) return
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...packages]
  const root = process.getuid?.() === 0
  const line = `${root ? "" : "sudo "}${install.join(" ")}`
  if (!(await mayInstall(root, why, line))) throw new CannotProvide(`${why} is missing. Run: ${line}`)
  const start = performance.now()
  say(`  installing ${packages.join(", ")}`)
  const command = root ? [] : ["sudo", "-n"]
  await runAll([...command, ...install]).catch(async () => {
    await runAll([...command, "apt-get", "-q", "update"])
    await persistently(() => runAll([...command, ...install]))
  })
  if (!present()) throw new CannotProvide(`${why} is still missing after: ${line}`)
  say(`  installed ${packages.join(", ")} in ${secondsSince(start)}`)
}

/** Another apt may be at work, as right after a machine was started: its end is waited for, not reported as a failure. */
const runAll = async (command: ReadonlyArray<string>) => {
  const [program = "", ...args] = command.flatMap((word) => (word === "apt-get" ? [word, "-o", "DPkg::Lock::Timeout=120"] : [word]))
  await run(program, args, { env: { ...quiet, RUNLEVEL: "1" } })
}

const mayInstall = async (root: boolean, why: string, line: string): Promise<boolean> => {
  const able = root || (await attempt("sudo", ["-n", "true"])).code === 0
  if (!able) return false
  if (Bun.env["CI"] === "true" || isOurs()) return true
  if (!process.stdin.isTTY) return false
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`${why} is missing. Run "${line}" now? [y/N] `)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}
