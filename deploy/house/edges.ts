/** Who may import whom: section 4 of the design, as a table. */
import { Service } from "@ci-fix-pilot/contract/ids"
import { withDatabase } from "../postgres/with-database.ts"
import { type Import, importsOf, packageOf } from "./plain-code.ts"
import { code, type House, isTest, type Rule } from "./source-file.ts"

const scope = "@ci-fix-pilot/"
const libraries: Readonly<Record<string, ReadonlyArray<string>>> = {
  contract: [],
  lifecycle: ["contract"],
  failure: ["contract"],
  patch: ["contract"],
  actor: ["contract"],
  sql: [],
  machine: [],
  testkit: ["contract", "machine"],
}
const services: ReadonlyArray<string> = Service.literals
const hasDatabase = (name: string): boolean => withDatabase.some((service) => service === name)
const withLifecycle = ["planner", "api"]

/** The packages that the package `name` may import, or undefined when it may import any (deploy). */
const allowedFor = (name: string): ReadonlyArray<string> | undefined => {
  if (name === "deploy") return undefined
  if (name === "ui") return ["contract", "lifecycle"]
  if (!services.includes(name)) return libraries[name] ?? []
  return [
    ...["contract", "actor", "failure", "patch"],
    ...(hasDatabase(name) ? ["sql"] : []),
    ...(withLifecycle.includes(name) ? ["lifecycle"] : []),
  ]
}

/** Tests start programs of their own; those of the dashboard run against a fleet. */
const isForTests = (path: string, other: string): boolean =>
  other === "testkit" || other === "machine" || (other === "deploy" && path.startsWith("ui/"))

/** `libs/failure/src/x.ts` -> `failure`. */
const packageNameOf = (path: string): string => (/^(?:libs|services)\/([^/]+)\//.exec(path) ?? /^([^/]+)\//.exec(path))?.[1] ?? ""

const forbidden = (path: string, { from }: Import): boolean => {
  if (!from.startsWith(scope)) return false
  const own = packageNameOf(path)
  const other = from.slice(scope.length).split("/")[0] ?? ""
  const allowed = allowedFor(own)
  return !(allowed === undefined || other === own || allowed.includes(other) || (isTest(path) && isForTests(path, other)))
}

const importRule = (title: string, isForbidden: (path: string, found: Import) => boolean): Rule => ({
  title,
  check: (house) =>
    code(house).flatMap((file) =>
      importsOf(file)
        .filter((found) => isForbidden(file.path, found))
        .map(({ from }) => `${file.path}: must not import ${from}`),
    ),
})

const dependencyRule: Rule = {
  title: "a package.json depends only on packages it may import, and testkit is for tests",
  check: (house) =>
    manifests(house).flatMap(({ path, dependencies, devDependencies }) => {
      const allowed = allowedFor(packageNameOf(path))
      return [
        ...Object.keys(dependencies).map((name) => ({ name, dev: false })),
        ...Object.keys(devDependencies).map((name) => ({ name, dev: true })),
      ]
        .filter(({ name }) => name.startsWith(scope))
        .map(({ name, dev }) => ({ other: name.slice(scope.length), dev }))
        .filter(({ other, dev }) => !(allowed === undefined || allowed.includes(other) || (dev && isForTests(path, other))))
        .map(({ other }) => `${path}: must not depend on ${other}`)
    }),
}

export interface Manifest {
  readonly path: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/** The package.json files of the workspaces. */
export const manifests = (house: House): Array<Manifest> =>
  house
    .filter(({ path }) => /^(libs|services)\/[^/]+\/package\.json$|^(deploy|ui)\/package\.json$|^package\.json$/.test(path))
    .map(({ path, text }) => ({ dependencies: {}, devDependencies: {}, ...(JSON.parse(text) as Partial<Manifest>), path }))

const rules = /^@ci-fix-pilot\/lifecycle\/(decide|react)$/

/** The rules of who may import whom. */
export const edgeRules: ReadonlyArray<Rule> = [
  importRule(
    "what users start does not run on the testkit",
    (path, { from }) => from.startsWith(`${scope}testkit/`) && /^deploy\/(?!bench|chaos|e2e|fleet)/.test(path) && !isTest(path),
  ),
  importRule("packages import only the packages they may; services never import services", forbidden),
  importRule(
    "only the planner imports decide and react",
    (path, { from }) => rules.test(from) && !path.startsWith("services/planner/") && !path.startsWith("libs/lifecycle/"),
  ),
  importRule("no import reaches two folders up", (_path, { from }) => from.startsWith("../../")),
  importRule(
    "e2e sees services from outside: it spawns them, it never imports them",
    (path, { from }) => /^(deploy|ui)\/e2e\//.test(path) && services.includes(packageOf(from)?.slice(scope.length) ?? ""),
  ),
  dependencyRule,
]
