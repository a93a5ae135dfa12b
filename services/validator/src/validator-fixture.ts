/** Everything an actor of the validator needs, real but for the message bus and the registry: git, a sandbox, views, and a repository made on the spot. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as MemoryBus from "@ci-fix-pilot/actor/Bus.memory"
import { Lease } from "@ci-fix-pilot/actor/Lease"
import * as MemoryObjects from "@ci-fix-pilot/actor/Objects.memory"
import type { CommandData, CommandType } from "@ci-fix-pilot/contract/commands"
import { ConfigProvider, Effect, Layer } from "effect"
import { Dependencies } from "./install/Dependencies.ts"
import { layer as sandbox } from "./sandbox/Sandbox.live.ts"
import { Tries } from "./Tries.ts"
import { ValidatorConfig } from "./ValidatorConfig.ts"
import { layer as workspace } from "./workspace/Workspace.git.ts"

/** For projects that need nothing but themselves. */
export const noDependencies = Layer.succeed(Dependencies, Dependencies.of({ prepare: () => Effect.succeed([]) }))

export const commandOf = <T extends CommandType>(type: T, data: CommandData<T>) => ({
  id: `cmd-${crypto.randomUUID()}#1`,
  type,
  at: "2026-01-01T00:00:00Z",
  runId: "run_0123456789abcdef01234567",
  traceparent: "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01",
  data,
})

/** In bubblewrap unless the settings say otherwise. */
export const makeWorld = (mirrorUrl: string, settings: Record<string, string> = {}, dependencies = noDependencies) => {
  const directory = settings["CI_HEALING_WORKSPACE_DIR"] ?? mkdtempSync(join(tmpdir(), "ci-fix-pilot-world-"))
  const config = ConfigProvider.layer(
    ConfigProvider.fromEnvRecord({
      PATH: Bun.env["PATH"] ?? "",
      HOME: Bun.env["HOME"] ?? "",
      CI_HEALING_MIRROR_URL: mirrorUrl,
      CI_HEALING_WORKSPACE_DIR: directory,
      CI_HEALING_SANDBOX: "bubblewrap",
      CI_HEALING_SANDBOX_OWNER: `test-${process.pid}`,
      CI_HEALING_CONTAINER_VALIDATE_TIMEOUT_MS: "60000",
      ...settings,
    }),
  )
  const everything = Layer.mergeAll(workspace, dependencies).pipe(
    Layer.provideMerge(sandbox),
    Layer.provideMerge(
      Layer.mergeAll(Tries.layer, ValidatorConfig.layer, MemoryObjects.layer, Layer.succeed(Lease, Lease.of({ confirm: Effect.void }))),
    ),
    Layer.provideMerge(MemoryBus.layer),
    Layer.provideMerge(config),
  )
  return { directory, everything, remove: () => rmSync(directory, { recursive: true, force: true }) }
}
