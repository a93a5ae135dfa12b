/** What a project needs besides its own files, installed once per set of manifests and shown below every try. */
import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import { Context, type Effect, Schema } from "effect"
import type { SandboxUnavailable } from "./Sandbox.ts"
import type { CommitUnusable, Layer, Source, WorkspaceUnavailable } from "./Workspace.ts"

/** The manifests ask for something that cannot be had here: a broken lockfile, a package that is gone, a registry that refuses. */
export class InstallImpossible extends Schema.TaggedError<InstallImpossible>()("InstallImpossible", {
  reason: Schema.String,
  /** The telling part of what the installer printed, redacted. */
  evidence: Schema.String,
}) {
  override get message(): string {
    return this.reason
  }
}

export interface DependenciesRequest {
  /** The sandbox label of whoever asks. */
  readonly label: string
  readonly source: Source
  /** What the project's own CI does to install, as far as it is known; empty when the plan was guessed from the files. */
  readonly installs: ReadonlyArray<PlanCommand>
}

export class Dependencies extends Context.Service<
  Dependencies,
  {
    /** The layer that holds what the commit's manifests ask for; undefined when they ask for nothing. */
    readonly prepare: (
      request: DependenciesRequest,
    ) => Effect.Effect<Layer | undefined, InstallImpossible | SandboxUnavailable | WorkspaceUnavailable | CommitUnusable>
  }
>()("ci-fix-pilot/Dependencies") {}
