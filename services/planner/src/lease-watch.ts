/** How long leases could be renewed without a break, by the database's clock (s): from the look `since` until the `last` one. */
export interface Watch {
  readonly since: number
  readonly last: number
}

/** Looks further apart than this (s) had a standstill between them: of the planner, of its database, or of the way there. */
const mostApart = 3

/** The watch at this look. A planner that was away begins anew: who lives did not renew meanwhile, and that says nothing. */
export const lookAgain = (watch: Watch | undefined, now: number): Watch => ({
  since: watch !== undefined && now - watch.last <= mostApart ? watch.since : now,
  last: now,
})
