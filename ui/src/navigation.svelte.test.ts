import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { followLinks, navigation, placeOf } from "./navigation.svelte.ts"

describe("the place that a path means", () => {
  it.each([
    ["/", { page: "runs" }],
    ["/runs/run-1", { page: "run", runId: "run-1" }],
    ["/runs/a%2Fb", { page: "run", runId: "a/b" }],
    ["/metrics", { page: "metrics" }],
    ["/system", { page: "system" }],
    ["/runs", { page: "nowhere" }],
    ["/runs/a/b", { page: "nowhere" }],
    ["/runs/%", { page: "nowhere" }],
    ["/runs/%E0%A4%A", { page: "nowhere" }],
  ])("%s", (path, place) => {
    expect(placeOf(path)).toEqual(place)
  })
})

describe("going to another place", () => {
  const scrolled = vi.fn<() => void>()
  const gone = vi.fn<() => void>()
  beforeEach(() => {
    vi.stubGlobal("scrollTo", scrolled)
    navigation.go("/")
    navigation.onGo = gone
    vi.clearAllMocks()
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    navigation.onGo = () => undefined
  })

  it("is a step in the history, read from its beginning, and told once", () => {
    const steps = history.length
    navigation.go("/runs/a?x=1")
    expect([navigation.place, navigation.query.get("x"), location.pathname]).toEqual([{ page: "run", runId: "a" }, "1", "/runs/a"])
    expect([history.length, scrolled.mock.calls.length, gone.mock.calls.length]).toEqual([steps + 1, 1, 1])
  })

  it("is no step and moves nothing where the page only says more exactly where the reader is", () => {
    const steps = history.length
    navigation.go("/?text=a", { replace: true })
    expect([navigation.query.get("text"), history.length, scrolled.mock.calls.length, gone.mock.calls.length]).toEqual(["a", steps, 0, 0])
  })

  it("leaves the place as it is when only the query changes: what is shown there goes on", () => {
    navigation.go("/runs/a")
    const { place } = navigation
    navigation.go("/runs/a?attempt=2")
    expect(navigation.place).toBe(place)
  })

  it("is read anew when the browser goes back", () => {
    navigation.go("/metrics?days=7")
    history.replaceState(null, "", "/system")
    dispatchEvent(new PopStateEvent("popstate"))
    expect([navigation.place, navigation.query.size]).toEqual([{ page: "system" }, 0])
  })
})

describe("a click on a link", () => {
  /** Whether the page went there by itself. The browser, which would, stays where it is. */
  const click = (attributes: Readonly<Record<string, string>>, how: MouseEventInit = {}) => {
    const link = document.createElement("a")
    for (const [name, value] of Object.entries(attributes)) link.setAttribute(name, value)
    const word = link.appendChild(document.createElement("b"))
    document.body.replaceChildren(link)
    const event = new MouseEvent("click", { bubbles: true, cancelable: true, ...how })
    word.dispatchEvent(event)
    return event.defaultPrevented
  }
  const browser = Reflect.get(window, "happyDOM").settings.navigation
  const before = { ...browser }
  beforeEach(() => {
    Object.assign(browser, { disableMainFrameNavigation: true, disableFallbackToSetURL: true })
    navigation.go("/")
    document.addEventListener("click", followLinks)
  })
  afterEach(() => {
    document.removeEventListener("click", followLinks)
    Object.assign(browser, before)
  })

  it("within the dashboard changes the page without a load", () => {
    expect(click({ href: "/runs/a?x=1" })).toBe(true)
    expect([navigation.place, navigation.query.get("x")]).toEqual([{ page: "run", runId: "a" }, "1"])
  })

  it.each([
    ["to another host", { href: "https://forge.test/runs/a" }, {}],
    ["to what is no page of the dashboard", { href: "/v1/ci-healing/runs" }, {}],
    ["to a part of the page", { href: "/#main" }, {}],
    ["to a file", { href: "/runs/a", download: "" }, {}],
    ["for another tab", { href: "/runs/a", target: "_blank" }, {}],
    ["with a key for another tab", { href: "/runs/a" }, { ctrlKey: true }],
    ["with the middle button", { href: "/runs/a" }, { button: 1 }],
  ])("%s is the browser's", (_, attributes, how) => {
    const { place, query } = navigation
    click(attributes, how)
    expect([navigation.place, navigation.query]).toEqual([place, query])
  })
})
