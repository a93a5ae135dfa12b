/** What a project needs besides its own files, installed once per set of manifests and shown below every try. */
import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import { Context, type Effect, Schema } from "effect"
import type { SandboxUnavailable } from "../sandbox/Sandbox.ts"
import type { CommitUnusable, Source, ViewLayer, WorkspaceUnavailable } from "../workspace/Workspace.ts"

/** The manifests ask for something that cannot be had here: a broken lockfile, a package that is gone, more than the limits allow. */
export class InstallImpossible extends Schema.TaggedError<InstallImpossible>()("InstallImpossible", {
  reason: Schema.String,
  /** The end of what the installer printed, redacted. */
  evidence: Schema.String,
}) {
  override get message(): string {
    return this.reason
  }
}

export interface DependenciesRequest {
  /** The sandbox label of whoever asks. */
  readonly label: string
  /** Whose manifests are used: those of the commit itself, never a patch's. */
  readonly source: Source
  /** What will be run over them: a toolchain that none of it can have a use for is left alone. */
  readonly commands: ReadonlyArray<PlanCommand>
}

export class Dependencies extends Context.Service<
  Dependencies,
  {
    /** The layers that hold what the commit's manifests ask for; none when they ask for nothing. */
    readonly prepare: (
      request: DependenciesRequest,
    ) => Effect.Effect<ReadonlyArray<ViewLayer>, InstallImpossible | SandboxUnavailable | WorkspaceUnavailable | CommitUnusable>
  }
>()("ci-fix-pilot/Dependencies") {}
