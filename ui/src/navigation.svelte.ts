/** Where the reader is: one page of a few, and the query that filters it. */
export type Place =
  | { readonly page: "runs" }
  | { readonly page: "run"; readonly runId: string }
  | { readonly page: "metrics" }
  | { readonly page: "system" }
  | { readonly page: "nowhere" }

/** The run that a path names; undefined where it names none, also where nobody could have encoded it so. */
const runIdOf = (pathname: string): string | undefined => {
  const encoded = /^\/runs\/([^/]+)$/u.exec(pathname)?.[1]
  try {
    return encoded && decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

export const placeOf = (pathname: string): Place => {
  const runId = runIdOf(pathname)
  if (runId !== undefined) return { page: "run", runId }
  if (pathname === "/") return { page: "runs" }
  if (pathname === "/metrics") return { page: "metrics" }
  return pathname === "/system" ? { page: "system" } : { page: "nowhere" }
}

const isSame = (a: Place, b: Place): boolean => a.page === b.page && (a.page !== "run" || b.page !== "run" || a.runId === b.runId)

class Navigation {
  place: Place = $state.raw(placeOf(location.pathname))
  query: URLSearchParams = $state.raw(new URLSearchParams(location.search))
  /** Called when the reader has gone to another page. */
  onGo: () => void = () => undefined

  constructor() {
    addEventListener("popstate", () => this.#read())
  }

  /** Goes to a path with its query. `replace`: the reader did not go anywhere, the page only says more exactly where he is. */
  go(href: string, { replace = false } = {}) {
    history[replace ? "replaceState" : "pushState"](null, "", href)
    this.#read()
    if (!replace) scrollTo(0, 0)
  }

  #read() {
    const from = this.place
    const to = placeOf(location.pathname)
    this.query = new URLSearchParams(location.search)
    if (isSame(from, to)) return
    this.place = to
    this.onGo()
  }
}

export const navigation = new Navigation()

/** A plain click on a link within the dashboard changes the page without a load; all other clicks are the browser's. */
export const followLinks = (event: MouseEvent) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = event.target instanceof Element ? event.target.closest("a") : null
  if (link === null || link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin) return
  if (placeOf(link.pathname).page === "nowhere" || link.hash !== "") return
  event.preventDefault()
  navigation.go(link.href)
}
