import { describe, expect, it } from "vitest"
import { isCargoManifest, needsCrates, withoutTargets } from "./cargo-crates.ts"
import { parseToml } from "./parse-toml.ts"

const needs = (files: Record<string, string>) => needsCrates(Object.keys(files), (path) => files[path] ?? "")
const app = `[package]\nname = "app"\nversion = "0.1.0"\n`

describe("a Rust project", () => {
  it.each<[boolean, string, Record<string, string>]>([
    [false, "nothing", { "Cargo.toml": app }],
    [true, "a crate", { "Cargo.toml": `${app}[dependencies]\nserde = "1"\n` }],
    [true, "a crate for its tests", { "Cargo.toml": `${app}[dev-dependencies]\nrand = "0.8"\n` }],
    [true, "crates of its members", { "Cargo.toml": `[workspace]\nmembers = ["a"]\n`, "a/Cargo.toml": app }],
    [false, "nothing, its lockfile says", { "Cargo.toml": `[workspace]\nmembers = ["a"]\n`, "Cargo.lock": `[[package]]\nname = "a"\n` }],
    [true, "what its lockfile says", { "Cargo.toml": app, "Cargo.lock": `[[package]]\nname = "a"\nsource = "registry+x"\n` }],
    [true, "a crate, one directory below", { "core/Cargo.toml": `${app}[dependencies]\nserde = "1"\n` }],
    [
      false,
      "what it brings along",
      { "Cargo.toml": `${app}[dependencies]\nserde = "1"\n`, ".cargo/config.toml": `[source.crates-io]\nreplace-with = "vendored"\n` },
    ],
  ])("needs (%s) %s", (expected, _, files) => expect(needs(files)).toBe(expected))

  it("gives its manifests and lockfile to the installation, and no settings", () => {
    expect(["Cargo.toml", "crates/a/Cargo.toml", "Cargo.lock", ".cargo/config.toml", "a'b/Cargo.toml"].filter(isCargoManifest)).toEqual([
      "Cargo.toml",
      "crates/a/Cargo.toml",
      "Cargo.lock",
    ])
  })

  it("asks for the same crates without its code", () => {
    const manifest = `[package]
name = "app"
version.workspace = true
edition = "2021"
build = "make.rs"
links = "z"
readme = "README.md"
[lib]
path = "lib.rs"
[[bin]]
name = "b"
[[bench]]
name = "c"
harness = false
[dependencies]
serde = { version = "1", features = ["derive"], optional = true }
[target.'cfg(unix)'.dependencies]
libc = "0.2"
[features]
default = ["dep:serde"]
[lints]
workspace = true
`
    const none = { autobins: false, autoexamples: false, autotests: false, autobenches: false, build: false }
    expect(parseToml(withoutTargets(manifest))).toEqual({
      package: { name: "app", version: { workspace: true }, edition: "2021", ...none },
      lib: { path: ".install-stub.rs" },
      dependencies: { serde: { version: "1", features: ["derive"], optional: true } },
      target: { "cfg(unix)": { dependencies: { libc: "0.2" } } },
      features: { default: ["dep:serde"] },
    })
    expect(parseToml(withoutTargets(`[workspace]\nmembers = ["a"]\n`))).toEqual({ workspace: { members: ["a"] } })
    expect(withoutTargets("[package\nbroken")).toBe("[package\nbroken")
  })
})
