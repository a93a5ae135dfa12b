import { expect, it } from "vitest"
import { mayNeed } from "./needed-toolchains.ts"

const needs = (installer: "npm" | "go" | "cargo", ...runs: ReadonlyArray<string>) =>
  mayNeed(
    installer,
    runs.map((run) => ({ name: run, run, cwd: ".", source: "detected" as const })),
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

it("packages of the others are always installed", () => expect(needs("npm", "cargo test")).toBe(true))
