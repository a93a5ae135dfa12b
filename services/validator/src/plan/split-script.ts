/** Takes apart a script of `package.json` that chains others with `&&`, so that each part is judged for itself. */
import { calledScript, type ScriptRunner } from "./script-runner.ts"
import { segmentsOf } from "./split-install.ts"

export interface ScriptPart {
  readonly name: string
  readonly run: string
}

export interface Splitting {
  readonly scripts: Readonly<Record<string, string>>
  readonly runner: ScriptRunner
}

/** Shell text whose parts do not stand for themselves. */
const connected = /[\n;|(){}<>`]|\$\(|(?:^|[^&])&(?:[^&]|$)|(?:^|&&)\s*(?:cd|export|set|source|\.|if|for|while)\s/u
const deepest = 5

/** The parts in order: one, the script itself, where it cannot be taken apart. Hooks stay with their script. */
export const splitScript = (splitting: Splitting, name: string, whole: string, depth = 0): ReadonlyArray<ScriptPart> => {
  const { scripts, runner } = splitting
  const itself = [{ name: `${runner.name} ${name}`, run: whole }]
  const text = scripts[name] ?? ""
  if (depth === deepest || connected.test(text)) return itself
  const segments = segmentsOf(text)
  const [first = ""] = segments
  if (segments.length < 2 && (calledScript(first, scripts) === undefined || splitSegment(splitting, first, depth).length < 2)) return itself
  return segments.flatMap((segment) => splitSegment(splitting, segment, depth))
}

const splitSegment = (splitting: Splitting, segment: string, depth: number): ReadonlyArray<ScriptPart> => {
  const { scripts, runner } = splitting
  const called = calledScript(segment, scripts)
  if (called === undefined) return [{ name: segment, run: runner.shell(segment) }]
  const hooked = scripts[`pre${called}`] !== undefined || scripts[`post${called}`] !== undefined
  const whole = runner.script(called)
  return hooked || scripts[called] === undefined
    ? [{ name: `${runner.name} ${called}`, run: whole }]
    : splitScript(splitting, called, whole, depth + 1)
}
