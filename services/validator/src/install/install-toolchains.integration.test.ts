/** Go's and Rust's dependencies, with this machine's own go and cargo; both are provided by the test command. */
import { Effect } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { makeRepository, type RepositoryFixture } from "../workspace/repository-fixture.ts"
import { installAndTry } from "./install-and-try-fixture.ts"
import { serveCrate, serveGoModule } from "./toolchain-registry-fixture.ts"

let repository: RepositoryFixture
beforeEach(() => {
  repository = makeRepository("acme/app")
})
afterEach(() => {
  repository.remove()
})

describe("Go modules", () => {
  const module = "example.com/greet"
  const project = (sums: string) => ({
    "go.mod": `module example.com/app\n\ngo 1.18\n\nrequire ${module} v1.0.0\n`,
    "go.sum": sums,
    "app_test.go": `package app\n\nimport (\n\t"testing"\n\n\t"${module}"\n)\n\nfunc TestGreets(t *testing.T) {\n\tif greet.Word() != "hello" {\n\t\tt.Fatal(greet.Word())\n\t}\n}\n`,
  })
  const serving = serveGoModule(module, `package greet\n\nfunc Word() string { return "hello" }\n`)

  it("are fetched once for all commits with the same go.sum, and found without a network", () =>
    Effect.gen(function* () {
      const proxy = yield* serving
      const first = repository.commit(project(proxy.sums))
      const second = repository.commit({ "README.md": "# App\n" })
      const seen = yield* installAndTry(repository, [first, second], "go test ./...", { CI_HEALING_GO_PROXY: proxy.url })
      expect(seen.map(({ log }) => log)).toEqual(Array(2).fill(expect.stringMatching(/^ok\s+example.com\/app/u)))
      expect(seen[0]?.layers).toMatchObject([{ by: "go mod download", notes: [], key: seen[1]?.layers[0]?.key }])
      expect(proxy.asked().filter((path) => path.endsWith(".zip"))).toHaveLength(1)
    }).pipe(Effect.scoped, Effect.runPromise))

  it("are refused when they are not what go.sum promised", () =>
    Effect.gen(function* () {
      const proxy = yield* serving
      const poisoned = repository.commit(project(proxy.sums.replace(/h1:./u, "h1:*")))
      const failure = yield* Effect.flip(installAndTry(repository, [poisoned], "go vet", { CI_HEALING_GO_PROXY: proxy.url }))
      expect(failure).toMatchObject({ _tag: "InstallImpossible", evidence: expect.stringContaining("go.sum") })
    }).pipe(Effect.scoped, Effect.runPromise))
})

describe("Rust crates", () => {
  const source = 'pub fn word() -> &\'static str { "hello" }\n'
  const project = {
    "Cargo.toml": `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n\n[[bin]]\nname = "app"\npath = "cli.rs"\n\n[dependencies]\ngreet = "1"\n`,
    "cli.rs": `fn main() { println!("{}", greet::word()) }\n\n#[test]\nfn greets() { assert_eq!(greet::word(), "hello") }\n`,
  }
  const lock = (checksum: string) => `version = 3

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "greet",
]

[[package]]
name = "greet"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "${checksum}"
`

  it("are fetched once for all commits with the same lockfile, and found without a network", () =>
    Effect.gen(function* () {
      const index = yield* serveCrate("greet", source)
      const first = repository.commit({ ...project, "Cargo.lock": lock(index.checksum) })
      const second = repository.commit({ "cli.rs": project["cli.rs"].replace(`"hello")`, `"bye")`) })
      const seen = yield* installAndTry(repository, [first, second], "cargo test --locked", { CI_HEALING_CARGO_INDEX: index.url })
      expect(seen.map(({ exitCode }) => exitCode)).toEqual([0, 101])
      expect(seen[1]?.log).toContain('right: "bye"')
      expect(seen[0]?.layers).toMatchObject([{ by: "cargo fetch --locked", key: seen[1]?.layers[0]?.key }])
      expect(index.asked().filter((path) => path.endsWith("/download"))).toHaveLength(1)
    }).pipe(Effect.scoped, Effect.runPromise))

  it("need no lockfile, and are refused when they are not what it promised", () =>
    Effect.gen(function* () {
      const index = yield* serveCrate("greet", source)
      const settings = { CI_HEALING_CARGO_INDEX: index.url }
      const free = repository.commit(project)
      expect(yield* installAndTry(repository, [free], "cargo test --offline", settings)).toMatchObject([{ exitCode: 0 }])
      const poisoned = repository.commit({ "Cargo.lock": lock("0".repeat(64)) })
      expect(yield* Effect.flip(installAndTry(repository, [poisoned], "cargo test", settings))).toMatchObject({
        _tag: "InstallImpossible",
        evidence: expect.stringContaining("checksum"),
      })
    }).pipe(Effect.scoped, Effect.runPromise))
})
