/** Whether commands can have any use for Go or Rust: a project may hold some of it beside what failed, and its crates may be nowhere to be had. */
import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import type { Installer } from "./install-commands.ts"

/** A package's scripts by their names. */
export type Scripts = Readonly<Record<string, string>>

/** Where a command begins, programs that may run anything. */
const anything =
  /(?:^|[;&|('"])\s*(?:\w+=\S*\s+)*(?:python3?\s+-m\s+)?(?:(?:make|just|task|mage|bazel|earthly|tox|nox|mise|invoke|rake|pants|moon|pre-commit)\b|\.{1,2}\/\S|(?:ba)?sh\s)|\.sh\b/mu
/** The last ones build the Python project itself, which may be of Rust. */
const own: Partial<Readonly<Record<Installer, RegExp>>> = {
  go: /\b(?:go|gofmt|gotestsum|golangci-lint|ginkgo|staticcheck)\b/u,
  cargo:
    /\b(?:cargo|cross|maturin|wasm-pack|napi|rustc)\b|\bpip3?\s+install\b|\b(?:uv|poetry|hatch|pdm)\s+(?:sync|run|install|build)\b|\bpython3?\s+-m\s+build\b|\bsetup\.py\b/u,
}

const runsScripts = /\b(?:npm|npx|pnpm|yarn|bun|bunx|turbo|nx|lerna)\b/u
const isOfTest = /\bnpm\s+(?:t|tst)\b/u

/** The scripts that these texts name, and those that they name in turn. A pattern may mean any. */
const scriptsBehind = (texts: ReadonlyArray<string>, packages: ReadonlyArray<Scripts>): ReadonlyArray<string> => {
  const left = new Map(packages.flatMap((scripts, index) => Object.entries(scripts).map(([name, text]) => [`${index} ${name}`, text])))
  const found: Array<string> = []
  let said = texts.filter((text) => runsScripts.test(text))
  while (said.length > 0) {
    const named = new Set(said.flatMap((text) => [...text.split(/[^\w:.@/-]+/u), ...(isOfTest.test(text) ? ["test"] : [])]))
    const patterns = said.some((text) => text.includes("*"))
    said = [...left].flatMap(([key, text]) => {
      const name = key.slice(key.indexOf(" ") + 1)
      if (!(patterns || named.has(name) || named.has(name.replace(/^(?:pre|post)/u, "")))) return []
      left.delete(key)
      return [text]
    })
    found.push(...said)
  }
  return found
}

/** True for every installer but those two: what they install is light, and most commands go through it. `packages`: the scripts of each. */
export const mayNeed = (installer: Installer, commands: ReadonlyArray<PlanCommand>, packages: ReadonlyArray<Scripts>): boolean => {
  const program = own[installer]
  if (program === undefined) return true
  const texts = commands.map(({ run }) => run)
  return [...texts, ...scriptsBehind(texts, packages)].some((text) => program.test(text) || anything.test(text))
}
