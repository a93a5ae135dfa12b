/** Whether commands can have any use for Go or Rust: a project may hold some of it beside what failed, and its crates may be nowhere to be had. */
import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import type { Installer } from "./install-commands.ts"

/** Where a command begins, programs that may run anything. */
const anything = /(?:^|[;&|('"])\s*(?:\w+=\S*\s+)*(?:make|just|task|mage|bazel|earthly|\.{1,2}\/\S|(?:ba)?sh\s)|\.sh\b/mu
const own: Partial<Readonly<Record<Installer, RegExp>>> = {
  go: /\b(?:go|gofmt|gotestsum|golangci-lint|ginkgo|staticcheck)\b/u,
  cargo: /\b(?:cargo|cross|maturin|wasm-pack|napi|rustc)\b/u,
}

/** True for every installer but those two: what they install is light, and most commands go through it. */
export const mayNeed = (installer: Installer, commands: ReadonlyArray<PlanCommand>): boolean => {
  const program = own[installer]
  return program === undefined || commands.some(({ run }) => program.test(run) || anything.test(run))
}
