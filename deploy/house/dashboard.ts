/** What the dashboard may carry into a browser, and how it may show what others wrote. */
import { importsOf, packageOf, withoutComments } from "./plain-code.ts"
import { type House, isTest, matches, product, type Rule, type SourceFile } from "./source-file.ts"

const library = /^@ci-fix-pilot\/(contract|lifecycle)\/(.+)$/

/** `@ci-fix-pilot/contract/ids` -> `libs/contract/src/ids.ts`; `./x.ts` beside its importer; undefined for foreign packages. */
const target = (path: string, from: string): string | undefined => {
  const [, name, file] = library.exec(from) ?? []
  if (name !== undefined) return `libs/${name}/src/${file}.ts`
  return from.startsWith("./") && path.startsWith("libs/") ? `${path.slice(0, path.lastIndexOf("/"))}${from.slice(1)}` : undefined
}

/** The files of libraries that a file reaches at run time. */
const reached = (house: House, path: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> => {
  const file = house.find((one) => one.path === path)
  if (file === undefined || seen.has(path)) return seen
  return importsOf(file)
    .filter(({ typeOnly }) => !typeOnly)
    .map(({ from }) => target(path, from))
    .filter((next) => next !== undefined)
    .reduce<ReadonlySet<string>>((known, next) => reached(house, next, known), new Set([...seen, path]))
}

const pages = (house: House): Array<SourceFile> => product(house).filter(({ path }) => path.startsWith("ui/src/"))

/** A schema runtime would make the first load several times as large. */
const carried: Rule = {
  title: "what the dashboard carries of the libraries needs no other package",
  check: (house) => {
    const files = new Set(pages(house).flatMap(({ path }) => [...reached(house, path)]))
    return house
      .filter(({ path }) => files.has(path) && path.startsWith("libs/"))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ from, typeOnly }) => !typeOnly && packageOf(from) !== undefined && !library.test(from))
          .map(({ from }) => `${file.path}: the dashboard would carry ${from}`),
      )
  },
}

const onlyTheFold: Rule = {
  title: "of the rules of a run the dashboard knows the fold only",
  check: (house) =>
    pages(house).flatMap((file) =>
      importsOf(file)
        .filter(({ from }) => from.startsWith("@ci-fix-pilot/lifecycle/") && from !== "@ci-fix-pilot/lifecycle/run")
        .map(({ from }) => `${file.path}: must not import ${from}`),
    ),
}

const raw =
  /\{@html\b|\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bsrcdoc\b|\bdocument\.write(?:ln)?\b|\bcreateContextualFragment\b|\bDOMParser\b|\bset(?:HTML|HTMLUnsafe)\(|\bjavascript:/g

/** Markup is looked at as it stands: an attribute is no code. */
const readable = (file: SourceFile): SourceFile => (/\.(svelte|html)$/.test(file.path) ? file : withoutComments(file))

const asText: Rule = {
  title: "no raw HTML in the dashboard",
  check: (house) =>
    house
      .filter(({ path }) => path.startsWith("ui/") && /\.(svelte|ts|html)$/.test(path) && !isTest(path))
      .flatMap((file) => matches(readable(file), raw, "show it as text")),
}

/** What is built holds no proxies for deep state (ui/bundle/lean-svelte.ts): what works in a component's test must work there. */
const rawState: Rule = {
  title: "the dashboard's state is raw",
  check: (house) => pages(house).flatMap((file) => matches(withoutComments(file), /\$state\s*[<(]/g, "write $state.raw")),
}

/** The rules of the dashboard. */
export const dashboardRules: ReadonlyArray<Rule> = [carried, onlyTheFold, asText, rawState]
