/** Takes apart an npm script that chains others with `&&`, so that each part is judged for itself. */
import { segmentsOf } from "./split-install.ts"

export interface ScriptPart {
  readonly name: string
  readonly run: string
}

type Scripts = Readonly<Record<string, string>>

/** Shell text whose parts do not stand for themselves. */
const connected = /[\n;|(){}<>`]|\$\(|(?:^|[^&])&(?:[^&]|$)|(?:^|&&)\s*(?:cd|export|set|source|\.|if|for|while)\s/u
const runsScript = /^npm (?:-s |--silent )?(?:run|run-script) (?:-s |--silent )?([\w:.-]+)$/u
const deepest = 5

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** The parts in order: one, the script itself, where it cannot be taken apart. npm's hooks stay with their script. */
export const splitScript = (scripts: Scripts, name: string, whole: string, depth = 0): ReadonlyArray<ScriptPart> => {
  const itself = [{ name: `npm ${name}`, run: whole }]
  const text = scripts[name] ?? ""
  if (depth === deepest || connected.test(text)) return itself
  const segments = segmentsOf(text)
  const only = runsScript.exec(segments[0] ?? "")?.[1]
  if (segments.length < 2 && (only === undefined || splitSegment(scripts, segments[0] ?? "", depth).length < 2)) return itself
  return segments.flatMap((segment) => splitSegment(scripts, segment, depth))
}

const splitSegment = (scripts: Scripts, segment: string, depth: number): ReadonlyArray<ScriptPart> => {
  const called = runsScript.exec(segment)?.[1]
  if (called === undefined) return [{ name: segment, run: `npm exec --offline --call ${quoted(segment)}` }]
  const hooked = scripts[`pre${called}`] !== undefined || scripts[`post${called}`] !== undefined
  const whole = `npm run ${called}`
  return hooked || scripts[called] === undefined ? [{ name: `npm ${called}`, run: whole }] : splitScript(scripts, called, whole, depth + 1)
}
