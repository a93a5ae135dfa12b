/** The validator: reproduces failures, finds culprits, proves fixes, and answers questions about files; all of it in sandboxes. */
import { run } from "@ci-fix-pilot/actor/run-main"
import { Layer } from "effect"
import * as answerQuestions from "./answer-questions.ts"
import { layer as health } from "./health.ts"
import * as dependencies from "./install/Dependencies.sandbox.ts"
import * as isolateCulprit from "./isolate-culprit.ts"
import * as reapOrphans from "./reap-orphans.ts"
import * as reproduce from "./reproduce.ts"
import * as sandbox from "./sandbox/Sandbox.live.ts"
import { Tries } from "./Tries.ts"
import { ValidatorConfig } from "./ValidatorConfig.ts"
import * as validateFix from "./validate-fix.ts"
import * as workspace from "./workspace/Workspace.git.ts"

export const layer = Layer.mergeAll(
  reproduce.layer,
  isolateCulprit.layer,
  validateFix.layer,
  answerQuestions.layer,
  reapOrphans.layer,
).pipe(
  Layer.provide(
    dependencies.layer.pipe(
      Layer.provideMerge(workspace.layer),
      Layer.provideMerge(sandbox.layer),
      Layer.provideMerge(Tries.layer),
      Layer.provideMerge(ValidatorConfig.layer),
    ),
  ),
)

if (import.meta.main) run("validator", layer, health)
