/** Which package managers a project needs, by its manifests and lockfiles. */
import { Schema } from "effect"
import { needsCrates } from "./cargo-crates.ts"
import { needsGoModules } from "./go-modules.ts"
import { type Installer, isManifest } from "./install-commands.ts"
import { requirementsOf } from "./python-requirements.ts"

export interface ChosenInstaller {
  readonly installer: Installer
  /** The files that decide what is installed. */
  readonly manifests: ReadonlyArray<string>
  /** A manifest that the project does not have in this form, by name: its text is taken from one that it has. */
  readonly derived?: Readonly<Record<string, string>>
}

const names = Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
const Package = Schema.fromJsonString(
  Schema.Struct({
    packageManager: Schema.optionalKey(Schema.String),
    workspaces: Schema.optionalKey(Schema.Unknown),
    dependencies: names,
    devDependencies: names,
    optionalDependencies: names,
    peerDependencies: names,
  }),
)
const decodePackage = Schema.decodeUnknownOption(Package)

const locks: ReadonlyArray<readonly [lockfile: string, installer: Installer]> = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["package-lock.json", "npm"],
]

const nodeInstaller = (paths: ReadonlySet<string>, text: string): Installer | undefined => {
  const decoded = decodePackage(text)
  if (decoded._tag === "None") return undefined
  const { packageManager = "", workspaces, ...groups } = decoded.value
  const needs = workspaces !== undefined || Object.values(groups).some((group) => Object.keys(group).length > 0)
  if (!needs) return undefined
  const named = (["pnpm", "yarn", "bun", "npm"] as const).find((installer) => packageManager.startsWith(`${installer}@`))
  return named ?? locks.find(([lockfile]) => paths.has(lockfile))?.[1] ?? "npm"
}

/** `textOf` gives a file's text, empty when it is not there. */
export const chooseInstallers = (paths: ReadonlyArray<string>, textOf: (path: string) => string): ReadonlyArray<ChosenInstaller> => {
  const manifestsOf = (installer: Installer) => paths.filter((path) => isManifest(installer, path))
  const node = nodeInstaller(new Set(paths), textOf("package.json"))
  const requirements = manifestsOf("pip")
  const asksForPython = requirements.some((path) =>
    textOf(path)
      .split("\n")
      .some((line) => /^\s*[^#\s]/u.test(line)),
  )
  const project = asksForPython ? [] : requirementsOf(textOf("pyproject.toml"))
  return [
    ...(node === undefined ? [] : [{ installer: node, manifests: manifestsOf(node) }]),
    ...(asksForPython ? [{ installer: "pip" as const, manifests: requirements }] : []),
    ...(project.length > 0
      ? [{ installer: "pip" as const, manifests: [], derived: { "requirements.txt": `${project.join("\n")}\n` } }]
      : []),
    ...(needsGoModules(paths, textOf) ? [{ installer: "go" as const, manifests: manifestsOf("go") }] : []),
    ...(needsCrates(paths, textOf) ? [{ installer: "cargo" as const, manifests: manifestsOf("cargo") }] : []),
  ]
}
