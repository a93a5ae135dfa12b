import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { removeTree } from "./remove-tree.ts"
import { WorkspaceUnavailable } from "./Workspace.ts"

/** An empty directory of our own, removed with the scope. */
export const makeTemporary = Effect.acquireRelease(
  Effect.tryPromise({
    try: () => mkdtemp(join(tmpdir(), "ci-fix-pilot-")),
    catch: (cause) => new WorkspaceUnavailable({ reason: `No temporary directory can be made: ${String(cause)}` }),
  }),
  removeTree,
)
