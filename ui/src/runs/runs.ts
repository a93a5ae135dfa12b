import type { RunPage } from "@ci-fix-pilot/contract/run-view"
import { dashboard } from "../dashboard.svelte.ts"
import { navigation } from "../navigation.svelte.ts"
import { filterOf, hrefOf } from "./filter.ts"
import { RunsList } from "./runs-list.svelte.ts"

/** The list lives as long as the page: whoever comes back from a run finds it as it is by now. */
export const list = new RunsList({
  ask: (path, signal) => dashboard.api.ask<RunPage>(path, { signal }),
  onPage: (position) => dashboard.connect(position),
})

// The document brings the newest runs along; what else its address may ask for, the api is asked.
const filter = filterOf(navigation.query)
if (dashboard.first?.runs !== undefined && hrefOf(filter) === "/") list.take(filter, dashboard.first.runs)
