import { run } from "@ci-fix-pilot/actor/run-main"
import { Layer } from "effect"
import * as Diagnose from "./diagnose.ts"
import * as Model from "./Model.live.ts"
import * as ProposeFix from "./propose-fix.ts"
import * as Sources from "./Sources.bus.ts"

/** Diagnoses failures and proposes fixes; the only service with a model's key. */
export const layer = Layer.mergeAll(Diagnose.layer, ProposeFix.layer).pipe(Layer.provide([Model.layer, Sources.layer]))

if (import.meta.main) run("ai", layer)
