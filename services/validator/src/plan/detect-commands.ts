/** How a project that says nothing about its CI is tested, by the files it has. */
import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import { Schema } from "effect"
import { commandNamed } from "./plan.ts"
import { runners, type ScriptRunner } from "./script-runner.ts"
import { splitScript } from "./split-script.ts"

export interface Project {
  /** Every file's path. */
  readonly paths: ReadonlyArray<string>
  /** Contents of the manifests that are there, by path. */
  readonly texts: ReadonlyMap<string, string>
}

/** The files whose contents detection looks at, at the root and one directory below it. */
export const manifestNames = [
  "package.json",
  "pyproject.toml",
  "setup.cfg",
  "tox.ini",
  "pytest.ini",
  "requirements.txt",
  "requirements-dev.txt",
]

const Package = Schema.fromJsonString(
  Schema.Struct({
    scripts: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
    packageManager: Schema.optionalKey(Schema.String),
  }),
)
const decodePackage = Schema.decodeUnknownOption(Package)
const inPlaceOfTest = ["check", "typecheck", "type-check", "build", "lint"]
const testFile = /(?:^|\/)(?:test|tests|__tests__)\/.*\.[cm]?[jt]s$|\.(?:test|spec)\.[cm]?[jt]s$/u

const managers = [
  ["pnpm", "pnpm-lock.yaml"],
  ["yarn", "yarn.lock"],
  ["bun", "bun.lock"],
  ["bun", "bun.lockb"],
  ["npm", "package-lock.json"],
] as const

/** Has no node_modules to look into unless told, and other words for what is done with them. */
const modernYarn = /^yarn@(?:[2-9]|\d\d)/u

type Has = (path: string) => boolean
type Add = (name: string, run: string) => PlanCommand

/** Hooks that judge style, or ask a registry about known vulnerabilities: no test of the project, and some need the network. */
const noTest = /\b(?:lint|eslint|xo|standard|prettier|biome|oxlint|aud|audit|nsp|snyk|evalmd|licen[cs]e)\b/u

/**
 * A test script runs with hooks around it; where one of them is no test, they are run one by one, without it. A chain is run part by part.
 */
const testScript = (scripts: Readonly<Record<string, string>>, runner: ScriptRunner, add: Add): ReadonlyArray<PlanCommand> => {
  const hooks = ["pretest", "posttest"].filter((name) => scripts[name] !== undefined)
  const isTest = (name: string) => !noTest.test(scripts[name] ?? "")
  const test = (run: string) => splitScript({ scripts, runner }, "test", run).map((part) => add(part.name, part.run))
  if (hooks.every(isTest) && (hooks.length > 0 || test(runner.test).length < 2)) return [add(`${runner.name} test`, runner.test)]
  const hook = (name: string) => (hooks.includes(name) && isTest(name) ? [add(`${runner.name} ${name}`, runner.script(name))] : [])
  return [...hook("pretest"), ...test(runner.testAlone(scripts["test"] ?? "")), ...hook("posttest")]
}

const node = (has: Has, text: (path: string) => string, below: ReadonlyArray<string>, add: Add): ReadonlyArray<PlanCommand> => {
  const manifest = decodePackage(text("package.json"))
  if (manifest._tag === "None") return []
  const { scripts = {}, packageManager = "" } = manifest.value
  const manager =
    managers.find(([name]) => packageManager.startsWith(`${name}@`))?.[0] ?? managers.find(([, lock]) => has(lock))?.[0] ?? "npm"
  const runner = runners[manager]
  if (scripts["test"] !== undefined && !scripts["test"].includes("no test specified"))
    return modernYarn.test(packageManager) ? [add("yarn test", runner.test)] : testScript(scripts, runner, add)
  const script = (name: string) => add(`${manager} ${name}`, runner.script(name))
  const others = inPlaceOfTest.filter((name) => scripts[name] !== undefined).map(script)
  if (below.some((path) => testFile.test(path))) return [...others, add("node tests", "node --test")]
  if (others.length > 0) return others
  return has("tsconfig.json") ? [add("types", "npx --no-install tsc --noEmit")] : []
}

const python = (has: Has, text: (path: string) => string, below: ReadonlyArray<string>, add: Add): ReadonlyArray<PlanCommand> => {
  const tests = below.filter((path) => /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/u.test(path))
  if (tests.length === 0) return []
  const configured = has("pytest.ini") || below.some((path) => /(?:^|\/)conftest\.py$/u.test(path))
  const mentions = ["pyproject.toml", "setup.cfg", "tox.ini", "requirements.txt", "requirements-dev.txt"].some((path) =>
    text(path).includes("pytest"),
  )
  if (configured || mentions) return [add("pytest", "python3 -m pytest -q")]
  const only = tests.every((path) => path.startsWith("tests/")) && !below.includes("tests/__init__.py")
  return [add("unittest", `python3 -m unittest discover -v${only ? " -s tests -t ." : ""}`)]
}

/** Directories that are projects of their own. */
const ownManifest = /^([^/]+)\/(?:package\.json|pyproject\.toml|setup\.cfg|requirements\.txt|go\.mod|Cargo\.toml)$/u
const nestedIn = (paths: ReadonlyArray<string>): ReadonlySet<string> => new Set(paths.flatMap((path) => ownManifest.exec(path)?.[1] ?? []))

const detectIn = (project: Project, directory: string): ReadonlyArray<PlanCommand> => {
  const prefix = directory === "." ? "" : `${directory}/`
  const inside = project.paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
  const nested = nestedIn(inside)
  const isOther = (path: string) =>
    path.startsWith(".") || path.includes("node_modules/") || nested.has(path.slice(0, Math.max(0, path.indexOf("/"))))
  const below = inside.filter((path) => !isOther(path))
  const files = new Set(below)
  const has: Has = (path) => files.has(path)
  const text = (path: string) => project.texts.get(prefix + path) ?? ""
  const add: Add = (name, run) =>
    commandNamed(prefix === "" ? name : `${name} in ${directory}`, { run, cwd: directory, source: "detected" })
  return [
    ...node(has, text, below, add),
    ...python(has, text, below, add),
    ...(has("go.mod") ? [add("go test", "go test ./...")] : []),
    ...(has("Cargo.toml") ? [add("cargo test", "cargo test --offline")] : []),
    ...(!has("package.json") && below.some((path) => testFile.test(path) && path.endsWith("js")) ? [add("node tests", "node --test")] : []),
  ]
}

const mostDirectories = 5

/** At the root; else in each directory directly below it. */
export const detectCommands = (project: Project): ReadonlyArray<PlanCommand> => {
  const atRoot = detectIn(project, ".")
  if (atRoot.length > 0) return atRoot
  const directories = [
    ...new Set(project.paths.filter((path) => path.includes("/") && !path.startsWith(".")).map((path) => path.slice(0, path.indexOf("/")))),
  ]
  return directories
    .map((directory) => detectIn(project, directory))
    .filter((found) => found.length > 0)
    .slice(0, mostDirectories)
    .flat()
}
