/** Which packages an installation failed for, read from what npm, pnpm, yarn, bun and pip print. */

const name = String.raw`(?:@[\w.~-]+/)?[\w.~-]+`
const absent = "the registry does not have it"
const noVersion = "the registry has no such version of it"

const sayings: ReadonlyArray<readonly [says: RegExp, why: string]> = [
  [new RegExp(`(${name})@\\S+ failed to resolve`, "gu"), absent],
  [new RegExp(`The requested resource '(${name})@[^'\\n]*' could not be found`, "gu"), absent],
  [new RegExp(`'(${name})@[^'\\n]*' is not in (?:this|the npm) registry`, "gu"), absent],
  [new RegExp(`No matching version found for (${name})@`, "gu"), noVersion],
  [new RegExp(`Couldn't find any versions for "(${name})"`, "gu"), noVersion],
  [new RegExp(`Couldn't find package "(${name})["@]`, "gu"), absent],
  [new RegExp(`No version matching "[^"\\n]*" found for specifier "(${name})"`, "gu"), noVersion],
  [new RegExp(`Unsupported platform for (${name})@`, "gu"), "it is not for this platform"],
  [new RegExp(`No matching distribution found for (${name})`, "gu"), "the index has no wheel of it that fits"],
]

/** An address in a line that says that nothing is there. */
const missingAddress = /https?:\/\/[^\s"'/]+\/([^\s"']+?)[:"']?(?=[\s"':]|$)/gu
const saysMissing = /\b404\b|Not found/iu

/** `/~0/@scope%2fname/-/name-1.0.0.tgz` is of `@scope/name`. */
const packageIn = (path: string): string | undefined => {
  const plain = path
    .replaceAll(/%2f/giu, "/")
    .replaceAll(/%40/gu, "@")
    .replace(/\/-\/.*$/u, "")
  return /(?:^|\/)(@[\w.~-]+\/[\w.~-]+|[\w.~-]+)\/?$/u.exec(plain)?.[1]
}

/** Names of the packages that could not be had, each with why; empty when the output names none. */
export const blamedIn = (output: string): ReadonlyMap<string, string> => {
  const said = sayings.flatMap(([says, why]) => [...output.matchAll(says)].map(([, found = ""]) => [found, why] as const))
  const missing = output
    .split("\n")
    .filter((line) => saysMissing.test(line))
    .flatMap((line) => [...line.matchAll(missingAddress)].flatMap(([, path = ""]) => packageIn(path) ?? []))
  return new Map([...missing.map((found) => [found, absent] as const), ...said])
}
