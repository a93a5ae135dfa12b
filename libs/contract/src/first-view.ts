import type { RunPage } from "./run-view.ts"
import type { SessionView } from "./session-view.ts"

/** What the api puts into the dashboard's page so that it need not be asked for: who is signed in and, on the runs page, the runs. */
export interface First {
  readonly session: SessionView
  readonly runs?: RunPage
}
