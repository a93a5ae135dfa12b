/** Finds the package without which a log says that it could not go on, among those that could not be installed. */
import { nameDescribed } from "./spare-packages.ts"

const absence =
  /not found|(?:can(?:no|')t|could(?: not|n't)|unable to|failed to) (?:be found|find|resolve|load|import)|no module named|not installed|MODULE_NOT_FOUND|need to install|npm i(?:nstall)?\b/iu
const ofTypes = /declaration file for module|type definition file for/iu
const typesPrefix = "@types/"

/** `-`, `_` and `.` are the same to Python. A path of the project's own that ends alike is another matter. */
const naming = (name: string): RegExp => {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\/]/gu, "\\$&").replaceAll(/[-_]|\\\./gu, "[-_.]")
  return new RegExp(`(?:^|[^\\w@./-]|node_modules/)${escaped}(?![\\w-]|\\.\\w)`, "iu")
}

/** What `@types/name` describes; compilers speak of that. */
const describedBy = (name: string): string =>
  name.slice(typesPrefix.length).replace(/^(?<scope>\w[\w.-]*?)__/u, (_, scope: string) => `@${scope}/`)

const speaksOf = (name: string): ((line: string) => boolean) => {
  const [itself, described] = [naming(name), name.startsWith(typesPrefix) ? naming(describedBy(name)) : undefined]
  return (line) => itself.test(line) || (described !== undefined && ofTypes.test(line) && described.test(line))
}

/** `notInstalled` as a layer tells it; the name is one of theirs. */
export const namedMissing = (log: string, notInstalled: ReadonlyArray<string>): string | undefined => {
  const names = notInstalled.flatMap((one) => nameDescribed(one) ?? [])
  if (names.length === 0) return undefined
  const lines = log.split("\n").filter((line) => absence.test(line) || ofTypes.test(line))
  return names.find((name) => lines.some(speaksOf(name)))
}
