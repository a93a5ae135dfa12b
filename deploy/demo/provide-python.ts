import type { Scenario } from "../forge/scenario.ts"
import { CannotProvide, say } from "../provision/say.ts"
import { installPackages } from "../provision/system-packages.ts"
import { broken, type Ended } from "./play-scenario.ts"

const needsPython = ({ verify }: Scenario) => verify.includes("python3")
const install = () =>
  installPackages("python3, which a project of the demo is written for,", ["python3"], () => Bun.which("python3") !== null)

/**
 * Python projects need a python3 on this machine: their pull requests are proven outside the sandbox, too. Where there can be none, they
 * are left out, unless they were asked for by name.
 *
 * @throws CannotProvide when `byName`
 */
export const providePythonFor = async (
  wanted: ReadonlyArray<Scenario>,
  byName: boolean,
  provide: () => Promise<void> = install,
): Promise<{ readonly played: ReadonlyArray<Scenario>; readonly leftOut: ReadonlyArray<Ended> }> => {
  const needing = wanted.filter(needsPython)
  if (needing.length === 0) return { played: wanted, leftOut: [] }
  try {
    await provide()
    return { played: wanted, leftOut: [] }
  } catch (error) {
    if (byName || !(error instanceof CannotProvide)) throw error
    say(`without ${needing.map(({ name }) => name).join(", ")}: ${error.message}`)
    const leftOut = needing.map((scenario) => ({ ...broken(scenario, error), status: "left out" }))
    return { played: wanted.filter((scenario) => !needsPython(scenario)), leftOut }
  }
}
