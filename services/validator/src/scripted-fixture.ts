/** An actor's world without git or a sandbox: one commit's files in memory, and commands that end as the test says. */
import * as MemoryBus from "@ci-fix-pilot/actor/Bus.memory"
import { Lease } from "@ci-fix-pilot/actor/Lease"
import * as MemoryObjects from "@ci-fix-pilot/actor/Objects.memory"
import { ConfigProvider, Effect, Layer } from "effect"
import { Sandbox, type SandboxEnd, SandboxUnavailable } from "./sandbox/Sandbox.ts"
import { Tries } from "./Tries.ts"
import { ValidatorConfig } from "./ValidatorConfig.ts"
import { noDependencies } from "./validator-fixture.ts"
import { type FileChange, Workspace } from "./workspace/Workspace.ts"

/** How a command ends, and what it prints. `away`: the sandbox itself is not there. `never`: it runs into its limit, in the test's time. */
export interface Scripted {
  readonly ended?: SandboxEnd | "away" | "never"
  readonly durationMs?: number
  readonly exitCode?: number
  readonly prints?: string
}

export const parentSha = "b".repeat(40)
export const commit = { provider: "github", repository: "acme/shop", branch: "main", commitSha: "c".repeat(40) } as const
const user = { uid: 10001, gid: 10001 }
const treeOf = (changes: ReadonlyArray<FileChange>) =>
  new Bun.CryptoHasher("sha1").update(JSON.stringify(changes.map(({ path }) => path))).digest("hex")

/** `ends` is asked for each command: its number from 1, its text, the paths that differ from the commit in its view, its time limit, and its commit. */
export const scriptedWorld = (
  files: Readonly<Record<string, string>>,
  ends: (command: {
    readonly number: number
    readonly run: string
    readonly changed: ReadonlyArray<string>
    readonly timeoutMs: number
    readonly commitSha: string
  }) => Scripted,
  dependencies = noDependencies,
) => {
  const runs: Array<string> = []
  const workspace = Workspace.of({
    prepare: () => Effect.void,
    view: ({ commitSha }, { changes = [] } = {}) =>
      Effect.succeed({ root: `/${[commitSha, ...changes.map(({ path }) => path)].join(",")}`, treeSha: treeOf(changes) }),
    layer: () => Effect.die("nothing is installed"),
    temporary: Effect.die("nothing is installed"),
    write: () => Effect.void,
    entries: () => Effect.succeed(Object.entries(files).map(([path, text]) => ({ path, mode: "100644", blob: "", bytes: text.length }))),
    read: (_, paths) =>
      Effect.succeed(new Map(paths.flatMap((path) => (path in files ? [[path, Buffer.from(files[path] ?? "")] as const] : [])))),
    search: () => Effect.succeed([]),
    ancestors: () => Effect.succeed([parentSha]),
    diff: () => Effect.succeed(""),
  })
  const sandbox = Sandbox.of({
    user,
    run: ({ command, root, onOutput, limits }) =>
      Effect.suspend(() => {
        const run = command.replace(/^set -eo?(?: pipefail)?\n/u, "")
        runs.push(run)
        const [commitSha = "", ...changed] = root.slice(1).split(",")
        const timeoutMs = limits?.timeoutMs ?? 0
        const {
          ended = "exited",
          exitCode = 0,
          prints = "",
          durationMs = 5,
        } = ends({ number: runs.length, run, changed, timeoutMs, commitSha })
        if (ended === "away") return Effect.fail(new SandboxUnavailable({ sandbox: "none", reason: "It is away.", remedy: "Start it." }))
        onOutput?.(Buffer.from(prints))
        const output = { text: prints, bytes: prints.length, truncated: false }
        if (ended === "never")
          return Effect.as(Effect.sleep(timeoutMs), { ended: "deadline" as const, exitCode: null, durationMs: timeoutMs, output })
        return Effect.succeed({ ended, exitCode: ended === "exited" ? exitCode : null, durationMs, output })
      }),
    probe: Effect.succeed({ kind: "bubblewrap", version: "0.0.0", details: {} }),
    reap: () => Effect.succeed([]),
  })
  const layer = Layer.mergeAll(
    Layer.succeed(Workspace, workspace),
    Layer.succeed(Sandbox, sandbox),
    Layer.succeed(Lease, Lease.of({ confirm: Effect.void })),
    dependencies,
    MemoryObjects.layer,
    Tries.layer.pipe(Layer.provide(MemoryBus.layer)),
    ValidatorConfig.layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord({})))),
  )
  return { layer, runs }
}
