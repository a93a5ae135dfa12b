import type { RunPage } from "@ci-fix-pilot/contract/run-view"
import type { SessionView } from "@ci-fix-pilot/contract/session-view"

/** What the server put into the page so that it need not be asked for: who is signed in and, on the runs page, the runs. */
export interface First {
  readonly session: SessionView
  readonly runs?: RunPage
}

/** The data block of the page; undefined where a development server left it out. */
export const readFirst = (document: Document): First | undefined => {
  const text = document.getElementById("first")?.textContent
  return text ? JSON.parse(text) : undefined
}
