import { Context, type Effect } from "effect"
import type { Retry } from "./outcome.ts"

/**
 * The right to go on with a leased command. The actor renews it; a handler confirms it right before each call that costs money or
 * changes something outside. Fails with Retry when the planner does not answer `go`; a stale lease interrupts the handler.
 */
export class Lease extends Context.Service<Lease, { readonly confirm: Effect.Effect<void, Retry> }>()("ci-fix-pilot/Lease") {}
