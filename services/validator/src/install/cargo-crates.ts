/** How a Rust project's crates are fetched beforehand, and what a try needs to find them without a network. */
import { posix } from "node:path"
import { Schema } from "effect"
import type { InstallPlan } from "./install-commands.ts"
import { parseToml } from "./parse-toml.ts"

/** Not `.cargo`, which may be the project's own. */
const home = ".cargo-home"
const homeInside = `/workspace/${home}`

export const isCargoManifest = (path: string): boolean => /^(?:[\w.@+-]+\/)*Cargo\.(?:toml|lock)$/u.test(path)

const projectsIn = (paths: ReadonlyArray<string>): ReadonlyArray<string> => {
  const directories = paths.filter((path) => /^(?:[^/]+\/)?Cargo\.toml$/u.test(path)).map((path) => posix.dirname(path))
  return directories.includes(".") ? ["."] : directories
}

const Table = Schema.Record(Schema.String, Schema.Unknown)
const decodeTable = Schema.decodeUnknownOption(Table)
const tableIn = (value: unknown): Readonly<Record<string, unknown>> => {
  const decoded = decodeTable(value)
  return decoded._tag === "None" ? {} : decoded.value
}

/** What decides which crates a project needs; above all no target, whose sources are not there. */
const kept = [
  ...["dependencies", "dev-dependencies", "build-dependencies", "target", "features"],
  ...["workspace", "patch", "replace", "profile", "cargo-features"],
]
const keptOfPackage = ["name", "version", "edition", "resolver", "rust-version", "workspace"]
const pick = (table: Readonly<Record<string, unknown>>, names: ReadonlyArray<string>) =>
  Object.fromEntries(Object.entries(table).filter(([name]) => names.includes(name)))

/** An empty library in place of a package's own targets. */
const stubSource = ".install-stub.rs"

/** A manifest that asks for the same crates and has no code; the same text where it is no such manifest. */
export const withoutTargets = (text: string): string => {
  const manifest = tableIn(parseToml(text))
  if (Object.keys(manifest).length === 0) return text
  const reduced = pick(manifest, kept)
  const own =
    "package" in manifest
      ? {
          package: {
            ...pick(tableIn(manifest["package"]), keptOfPackage),
            build: false,
            autobins: false,
            autoexamples: false,
            autotests: false,
            autobenches: false,
          },
          lib: { path: stubSource },
        }
      : {}
  return Bun.TOML.stringify({ ...own, ...reduced })
}

const groups = ["dependencies", "dev-dependencies", "build-dependencies"]

/** Whether anything must be fetched: some crate is asked for that is no directory of the project, and the project does not say where it has them. */
export const needsCrates = (paths: ReadonlyArray<string>, textOf: (path: string) => string): boolean =>
  projectsIn(paths).some((directory) => {
    const text = (name: string) => textOf(posix.join(directory, name))
    if (/^\s*replace-with\b/mu.test(text(".cargo/config.toml"))) return false
    if (text("Cargo.lock") !== "") return /^source = /mu.test(text("Cargo.lock"))
    const manifest = tableIn(parseToml(text("Cargo.toml")))
    return "workspace" in manifest || "target" in manifest || groups.some((group) => Object.keys(tableIn(manifest[group])).length > 0)
  })

const each = (files: ReadonlyArray<string>, command: (directory: string) => string): string =>
  projectsIn(files)
    .map((directory) => `(cd '${directory}' && ${command(directory)})`)
    .join(" && ")

const settings = (mirror: string): string => `[source.crates-io]
replace-with = "mirror"
[source.mirror]
registry = "sparse+${mirror}"
`

export const cargoPlan = (files: ReadonlyArray<string>, mirror: string): InstallPlan => {
  const prepare = `mkdir -p ${homeInside}
cat > ${homeInside}/config.toml <<'END'
${settings(mirror)}END
find . -name Cargo.toml -not -path './${home}/*' -execdir touch ${stubSource} ';'
`
  const locked = files.some((path) => path.endsWith("Cargo.lock"))
  const way = (options: string) => ({ name: `cargo fetch${options}`, run: `${prepare}${each(files, () => `cargo fetch${options}`)}` })
  const env = { CARGO_HOME: homeInside, CARGO_TERM_COLOR: "never" }
  return {
    ecosystem: "cargo",
    fetch: [...(locked ? [way(" --locked")] : []), way("")],
    env: { ...env, CARGO_NET_RETRY: "1" },
    keep: home,
    use: { env: { ...env, CARGO_NET_OFFLINE: "true" }, path: [] },
  }
}
