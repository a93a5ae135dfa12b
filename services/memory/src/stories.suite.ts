/** Stories for the tests of the memory: commands as the planner sends them. */

import type * as Actor from "@ci-fix-pilot/actor/Actor"
import type { CommandData } from "@ci-fix-pilot/contract/commands"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import type { Patch } from "@ci-fix-pilot/contract/values"
import { embedByHash } from "./hash-features.ts"
import type { Question, Remembered } from "./Memories.ts"
import { memoryIdOf } from "./memory-id.ts"

/** Logs of failures that have nothing to do with each other. */
export const logs = {
  cart: `not ok 3 - adds the shipping to the total
  TypeError: Cannot read properties of undefined (reading 'shipping')
    at totalOf (src/cart.js:14:22)
    at test/cart.test.js:9:16`,
  cartElsewhere: `not ok 7 - adds the shipping to the total
  TypeError: Cannot read properties of undefined (reading 'shipping')
    at totalOf (lib/basket.js:88:5)
    at test/basket.test.js:41:12`,
  types: `src/api/client.ts(31,7): error TS2322: Type 'string | undefined' is not assignable to type 'string'.
Found 1 error in src/api/client.ts:31`,
  python: `E   ModuleNotFoundError: No module named 'requests_toolbelt'
ERROR collecting tests/test_upload.py
=========================== short test summary info ============================
ERROR tests/test_upload.py - ModuleNotFoundError: No module named 'requests_toolbelt'`,
  rust: `error[E0502]: cannot borrow \`queue\` as mutable because it is also borrowed as immutable
  --> src/worker.rs:57:9
error: could not compile \`worker\` (lib) due to 1 previous error`,
  lint: `services/web/index.js
  12:1  error  Unexpected console statement  no-console
  40:9  error  'total' is assigned a value but never used  no-unused-vars
2 problems (2 errors, 0 warnings)`,
  npm: `npm ERR! code ERESOLVE
npm ERR! ERESOLVE unable to resolve dependency tree
npm ERR! Found: react@19.1.0
npm ERR! Could not resolve dependency: peer react@"^18.0.0" from react-table@8.2.0`,
} as const

const runIdOf = (n: number) => `run_${n.toString(16).padStart(24, "0")}`
/** A signature made of a number. */
export const signatureOf = (n: number) => n.toString(16).padStart(16, "0")

/** A patch that a number tells from others. */
export const patchOf = (n: number, padding = 0): Patch => {
  const diff = `--- a/src/x.js\n+++ b/src/x.js\n@@ -1 +1 @@\n-export const x = 0\n+export const x = ${n}${" ".repeat(padding)}\n`
  return { diff, sha256: sha256Hex(diff), files: ["src/x.js"], added: 1, removed: 1 }
}

/** What is remembered about run `n`: its signature and patch are its own unless told. */
export interface Story {
  readonly repository?: string
  readonly branch?: string
  readonly signature?: string
  readonly log?: string
  readonly outcome?: "validated" | "merged" | "rejected"
  readonly why?: string
  readonly patch?: Patch
  readonly pullRequestUrl?: string
}

const targetOf = ({ repository = "acme/shop", branch = "main" }: Pick<Story, "repository" | "branch">) => ({
  provider: "github" as const,
  repository,
  branch,
  commitSha: "c".repeat(40),
})
const digestOf = (text: string) => ({ text, firstError: 0, totalLines: 4, totalBytes: text.length, redactions: 0 })

/** The command about how run `n` ended. */
export const rememberCommand = (n: number, story: Story = {}): Actor.CommandOf<"memory.remember"> => {
  const { signature = signatureOf(n), log = logs.cart, outcome = "merged", patch = patchOf(n), why, pullRequestUrl } = story
  const data: CommandData<"memory.remember"> = {
    target: targetOf(story),
    signature,
    digest: digestOf(log),
    diagnosis: { kind: "test", summary: `summary ${n}`, firstError: "", suspectFiles: [], confidence: 1, by: "rules" },
    attempt: 1,
    proposal: { strategy: "revert", patch, explanation: "", confidence: 1 },
    outcome,
    ...(why === undefined ? {} : { why }),
    ...(pullRequestUrl === undefined ? {} : { pullRequestUrl }),
  }
  return { ...envelopeOf(n), type: "memory.remember", data }
}

/** The command that asks about a failure. */
export const recallCommand = (story: Pick<Story, "repository" | "branch" | "signature" | "log"> & { readonly limit?: number } = {}) => {
  const { signature = signatureOf(0xabc), log = logs.cart, limit = 5 } = story
  const data = { target: targetOf(story), signature, digest: digestOf(log), limit }
  return { ...envelopeOf(0xfff), type: "memory.recall", data } satisfies Actor.CommandOf<"memory.recall">
}

/** The same for the adapter itself. */
export const remembered = (n: number, story: Story = {}): readonly [Remembered, ReturnType<typeof embedByHash>] => {
  const { data, runId } = rememberCommand(n, story)
  return [{ ...data, runId, memoryId: memoryIdOf(runId, data.attempt) }, embedByHash(data.digest.text)]
}
export const asked = (story: Parameters<typeof recallCommand>[0] = {}): readonly [Question, ReturnType<typeof embedByHash>] => {
  const { data } = recallCommand(story)
  return [data, embedByHash(data.digest.text)]
}

const envelopeOf = (n: number) => ({
  id: `cmd-${n}#1`,
  at: "2026-11-23T00:00:00.000Z",
  runId: runIdOf(n),
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
})
