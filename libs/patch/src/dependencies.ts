import type { Finding } from "@ci-fix-pilot/contract/values"
import { Option, Schema } from "effect"
import type { ChangedFile } from "./changed-file.ts"
import { linesOf } from "./diff.ts"
import { isLockfile, isManifest, manifestsOf } from "./path-rules.ts"

const finding = (rule: Finding["rule"], file: string, detail: string): Finding => ({
  rule,
  file: file.slice(0, 500),
  detail: detail.slice(0, 500),
})
const folder = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1)

/** New packages, packages from elsewhere, scripts that installing would run, and lockfiles that no manifest explains. */
export const dependencyFindings = (files: ReadonlyArray<ChangedFile>): ReadonlyArray<Finding> =>
  files.flatMap((file) => {
    if (isLockfile(file.path)) return lockfileFindings(file, files)
    if (file.path.endsWith("package.json")) return packageJsonFindings(file)
    return isManifest(file.path) ? manifestFindings(file) : []
  })

/** The address of a package that comes from a host, repository or file which the lockfile did not name before; nothing if there is none. */
export const poisonedSource = (file: ChangedFile): string | undefined => {
  if (!isLockfile(file.path) || file.before === undefined) return undefined
  const known = new Set(file.before.split("\n").flatMap((line) => sourcesIn(file.path, line)))
  const added = linesOf(file.diff, "+").flatMap(({ text }) => sourcesIn(file.path, text))
  return known.size === 0 ? added.find((source) => !source.startsWith("https:")) : added.find((source) => !known.has(source))
}

const SOURCE = /\b((?:git\+)?(?:https?|ssh|git|file)):\/{2,3}((?:[^\s"'/@]{1,200}@)?[^\s"'/:#?)]{0,200})/g

/** npm's lockfile also names home pages and sponsors; only what it resolved to counts there. */
const sourcesIn = (path: string, line: string): ReadonlyArray<string> =>
  /(?:package-lock|npm-shrinkwrap)\.json$/.test(path) && !/"(?:resolved|version|from)"/.test(line) ? [] : sources(line)

const sources = (text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(SOURCE), ([, scheme = "", host = ""]) => `${scheme}://${host.toLowerCase()}`)

const lockfileFindings = (file: ChangedFile, files: ReadonlyArray<ChangedFile>): ReadonlyArray<Finding> => {
  const manifests = manifestsOf(file.path)
  const explained = files.some(
    ({ path }) => path.startsWith(folder(file.path)) && manifests.includes(path.slice(path.lastIndexOf("/") + 1)),
  )
  const integrity = (kind: "+" | "-") =>
    linesOf(file.diff, kind).filter(({ text }) => /\b(?:integrity|checksum|h1:|sha256|sha512)/i.test(text)).length
  const named =
    file.before !== undefined && sources(file.before).length === 0
      ? linesOf(file.diff, "+").find(({ text }) => sourcesIn(file.path, text).length > 0)
      : undefined
  return [
    ...(named === undefined
      ? []
      : [finding("new-dependency", file.path, `a package now has an address of its own: ${named.text.trim().slice(0, 200)}`)]),
    ...(explained ? [] : [finding("new-dependency", file.path, "the lockfile changes although no manifest does")]),
    ...(file.before === undefined ? [finding("new-dependency", file.path, "the lockfile is new or its text is not known")] : []),
    ...(integrity("+") < integrity("-") ? [finding("new-dependency", file.path, "checksums of packages go")] : []),
  ]
}

const Names = Schema.Record(Schema.String, Schema.Unknown)
const readNames = (value: unknown): Readonly<Record<string, unknown>> =>
  Option.getOrElse(Schema.decodeUnknownOption(Names)(value), () => ({}))
const readPackage = (text: string | undefined): Readonly<Record<string, unknown>> | undefined =>
  text === undefined ? undefined : Option.getOrUndefined(Schema.decodeUnknownOption(Schema.fromJsonString(Names))(text))

const SECTIONS = [
  "dependencies",
  "devDependencies",
  "peerDependencies",
  "optionalDependencies",
  "overrides",
  "resolutions",
  "bundledDependencies",
  "pnpm",
] as const
/** Scripts that a package manager runs by itself. */
const LIFECYCLE = [
  "preinstall",
  "install",
  "postinstall",
  "preprepare",
  "prepare",
  "postprepare",
  "prepublish",
  "prepublishOnly",
  "prepack",
  "postpack",
  "dependencies",
] as const

const packageJsonFindings = (file: ChangedFile): ReadonlyArray<Finding> => {
  const after = readPackage(file.after)
  if (file.diff.change === "deleted") return [finding("new-dependency", file.path, "the manifest goes")]
  if (after === undefined) return manifestFindings(file)
  const before = readPackage(file.before) ?? {}
  const dependencies = SECTIONS.flatMap((section) => {
    const had = readNames(before[section])
    return Object.entries(readNames(after[section])).flatMap(([name, version]) => {
      if (!(name in had) && typeof version === "string" && version.startsWith("workspace:")) return []
      if (!(name in had)) return [finding("new-dependency", file.path, `${name} is new in ${section}`)]
      const elsewhere =
        typeof version === "string" &&
        had[name] !== version &&
        /^(?:npm:|git|https?:|file:|link:|github:|[\w-]+\/[\w.-]+(?:#|$))/.test(version)
      return elsewhere ? [finding("new-dependency", file.path, `${name} now comes from ${version}`)] : []
    })
  })
  const [hadScripts, scripts] = [readNames(before["scripts"]), readNames(after["scripts"])]
  const hooks = LIFECYCLE.filter((script) => script in scripts && scripts[script] !== hadScripts[script])
  return [...dependencies, ...hooks.map((script) => finding("unsafe-patch", file.path, `installing would run its ${script} script`))]
}

/** A line that declares a package, in the formats without a parser here: the name is all we need. */
const DECLARATIONS: ReadonlyArray<RegExp> = [
  /^\s*"((?:@[\w.-]+\/)?[\w.-]+)"\s*:\s*"(?:[\^~<>=*\d]|npm:|git|https?:|file:|workspace:|latest|link:)/,
  /^\s*([A-Za-z][\w.-]*)\s*=\s*(?:"[\^~<>=*\d]|\{.*(?:version|git|path|url)\s*=)/,
  /^\s*["']?([A-Za-z][\w.-]*)(?:\[[\w,\s-]+\])?\s*(?:[=<>!~]=|@)\s*\S/,
  /^\s*(?:require\s+)?([\w.-]+\.[a-z]{2,}\/[\w./-]+)\s+v\d/,
  /^\s*(?:gem|pod|implementation|api|testImplementation|compileOnly|classpath)\b[\s(]*["']([\w.:@/-]+)["']/,
  /<(?:artifactId|PackageReference Include=")>?"?([\w.-]+)/,
  /^([A-Za-z][\w.-]*)\s*$/,
]

const declared = (text: string): string | undefined =>
  DECLARATIONS.map((pattern) => pattern.exec(text)?.[1]).find((name) => name !== undefined)

const manifestFindings = (file: ChangedFile): ReadonlyArray<Finding> => {
  const names = (kind: "+" | "-") => linesOf(file.diff, kind).flatMap(({ text }) => declared(text) ?? [])
  const had = new Set(names("-"))
  const fresh = [...new Set(names("+"))].filter(
    (name) => !had.has(name) && !new RegExp(`^\\s*["']?${escaped(name)}["']?\\s*[=:]`, "m").test(file.before ?? ""),
  )
  return fresh.map((name) => finding("new-dependency", file.path, `${name} is new`))
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
