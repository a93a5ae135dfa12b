/** What a project asks for only to work on itself, and its manifests without some of it: what may be left out where it cannot be had. */
import { Option, Schema } from "effect"

/** A line of a manifest that a try may do without. */
export interface Spare {
  /** The manifest's path. */
  readonly file: string
  readonly name: string
  /** What is asked for: `^1.2.0`, or the place where it is. */
  readonly wanted: string
}

/** Manifests by their paths. */
export type Texts = ReadonlyMap<string, string>

const Group = Schema.Record(Schema.String, Schema.Unknown)
const decodePackage = Schema.decodeUnknownOption(Schema.fromJsonString(Group))
const decodeGroup = Schema.decodeUnknownOption(Group)
const isPackage = (path: string): boolean => path === "package.json" || path.endsWith("/package.json")

const groupOf = (text: string, group: string): Readonly<Record<string, unknown>> =>
  Option.getOrElse(
    Option.flatMap(decodePackage(text), (manifest) => decodeGroup(manifest[group])),
    () => ({}),
  )

/** Requirements files that nobody installs to use the project. */
const forWorkOnly = /(?:^|[/_.-])(?:dev|develop|development|tests?|testing|lint|linting|docs?|ci)[^/]*\.txt$/u
const requirementName = /^\s*([A-Za-z0-9][\w.-]*)/u
const linesOf = (text: string): ReadonlyArray<string> => text.split("\n")

/** `all`: of requirements files every line, as they were derived from something else. */
export const sparesIn = (texts: Texts, all = false): ReadonlyArray<Spare> =>
  [...texts].flatMap(([file, text]) => {
    if (isPackage(file))
      return Object.entries(groupOf(text, "devDependencies")).map(([name, wanted]) => ({ file, name, wanted: String(wanted) }))
    if (!file.endsWith(".txt") || !(all || forWorkOnly.test(file))) return []
    return linesOf(text).flatMap((line) => {
      const name = requirementName.exec(line)?.[1]
      return name === undefined ? [] : [{ file, name, wanted: line.trim().slice(name.length) }]
    })
  })

const withoutNames = (file: string, text: string, names: ReadonlySet<string>): string => {
  if (!isPackage(file))
    return linesOf(text)
      .filter((line) => !names.has(requirementName.exec(line)?.[1] ?? ""))
      .join("\n")
  return Option.match(decodePackage(text), {
    onNone: () => text,
    onSome: (manifest) => {
      const kept = Object.entries(groupOf(text, "devDependencies")).filter(([name]) => !names.has(name))
      return JSON.stringify({ ...manifest, devDependencies: Object.fromEntries(kept) }, null, 2)
    },
  })
}

/** The same manifests without these lines. */
export const withoutSpares = (texts: Texts, left: ReadonlyArray<Spare>): Texts =>
  new Map(
    [...texts].map(([file, text]) => {
      const names = new Set(left.filter((spare) => spare.file === file).map(({ name }) => name))
      return [file, names.size === 0 ? text : withoutNames(file, text, names)]
    }),
  )

/** A git repository instead of a version, which the sandbox cannot reach. */
export const isRepository = ({ file, wanted }: Spare): boolean =>
  isPackage(file) && /^(?:git\b|github:|gitlab:|bitbucket:|gist:|ssh:)|^[\w.-]+\/[\w.-]+(?:#|$)/u.test(wanted)

/** Any place instead of a version: that, or an archive, which may by chance be the registry's. */
export const isElsewhere = (spare: Spare): boolean =>
  isRepository(spare) || (isPackage(spare.file) ? /^https?:/u.test(spare.wanted) : /^\s*(?:\[[^\]]*\])?\s*@/u.test(spare.wanted))

/** As a person knows it: `left-pad@^99 (devDependencies of package.json)`. */
export const describeSpare = ({ file, name, wanted }: Spare): string =>
  isPackage(file) ? `${name}@${wanted} (devDependencies of ${file})` : `${name}${wanted} (${file})`

/** The name in such a description, or in what begins with one; undefined where it is of no single package. */
export const nameDescribed = (described: string): string | undefined =>
  /^(@?[A-Za-z0-9][\w.-]*(?:\/[\w.-]+)?)(?:\s*[^\s\w(][^(]*)?\s*\(/u.exec(described)?.[1]

const groups = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]

/** Who asks for a package: `dependencies of package.json`; undefined when no manifest names it, so that it is wanted by what they name. */
export const askerOf = (texts: Texts, name: string): string | undefined => {
  for (const [file, text] of texts) {
    if (isPackage(file)) {
      const group = groups.find((one) => name in groupOf(text, one))
      if (group !== undefined) return `${group} of ${file}`
    } else if (file.endsWith(".txt") && linesOf(text).some((line) => requirementName.exec(line)?.[1] === name)) return file
  }
  return undefined
}
