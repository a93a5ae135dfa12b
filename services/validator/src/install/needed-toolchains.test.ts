import { describe, expect, it } from "vitest"
import { mayNeed } from "./needed-toolchains.ts"

const needs = (installer: "npm" | "go" | "cargo", ...runs: ReadonlyArray<string>) =>
  mayNeed(
    installer,
    runs.map((run) => ({ name: run, run, cwd: ".", source: "detected" as const })),
    [],
  )

it.each(["go test ./...", "cd api && go vet ./...", "gotestsum", "make test", "./scripts/test", "bash ci/test.sh", "npm test\ngo test"])(
  "Go may be of use to %s",
  (run) => expect(needs("go", "npm run lint", run)).toBe(true),
)

it.each(["npm test", "python3 -m pytest -q", "node --test", "cargo test --offline", "npx mocha --color"])("Go is of no use to %s", (run) =>
  expect(needs("go", run)).toBe(false),
)

it("Rust is of use to cargo and what may run it", () => {
  expect(["cargo test", "cargo clippy -- -D warnings", "just test", "maturin develop"].map((run) => needs("cargo", run))).not.toContain(
    false,
  )
  expect(needs("cargo", "npm test", "go test ./...")).toBe(false)
})

describe("a package's scripts", () => {
  const scripts = {
    test: "npm run build:native && node --test",
    "build:native": "napi build",
    pretypes: "cargo run --bin bindings",
    types: "tsc",
    lint: "eslint .",
    go: "go generate",
    all: "run-s 'build:*'",
    ci: "make test",
  }
  const needsWith = (run: string) => mayNeed("cargo", [{ name: run, run, cwd: ".", source: "detected" }], [scripts])

  it.each(["npm test", "pnpm -r test", "yarn test", "npx turbo run test", "bun run types", "npm t", "yarn all", "npm run ci"])(
    "are where Rust may be of use to %s",
    (run) => expect(needsWith(run)).toBe(true),
  )

  it.each(["npm run lint", "pnpm go", "node --test", "pytest test"])("are not where %s has a use for it", (run) =>
    expect(needsWith(run)).toBe(false),
  )
})

it.each([
  "tox",
  "python3 -m nox -s test",
  "mise run test",
  "invoke test",
  "pip install -e . && pytest",
  "uv run pytest",
  "python -m build",
])("Rust may be of use to %s", (run) => expect(needs("cargo", run)).toBe(true))

it("packages of the others are always installed", () => expect(needs("npm", "cargo test")).toBe(true))
