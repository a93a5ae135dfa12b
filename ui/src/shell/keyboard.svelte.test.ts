import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { dashboard } from "../dashboard.svelte.ts"
import { navigation } from "../navigation.svelte.ts"
import { filterOf } from "../runs/filter.ts"
import { list } from "../runs/runs.ts"
import { makeKeyboard } from "./keyboard.ts"
import { shortcuts } from "./shortcuts.svelte.ts"

let help: ReturnType<typeof vi.fn<() => void>>
let listen: (event: KeyboardEvent) => void

const page = `<main id="main" tabindex="-1"></main><input type="search"><ol>${["a", "b", "c"].map((id) => `<li data-row><a href="/runs/${id}">${id}</a><a href="#pr">PR</a></li>`).join("")}</ol>`
const press = (key: string, init: KeyboardEventInit = {}) =>
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }))
const focused = () => document.activeElement?.textContent ?? ""

beforeEach(() => {
  document.body.replaceChildren(document.createRange().createContextualFragment(page))
  help = vi.fn<() => void>()
  listen = makeKeyboard(help)
  document.addEventListener("keydown", listen)
  navigation.go("/")
})
afterEach(() => {
  document.removeEventListener("keydown", listen)
  shortcuts.turn(true)
  dashboard.session = undefined
})

describe("the keyboard", () => {
  it("goes from row to row with j and k, and stays at the ends", () => {
    const path = ["j", "j", "j", "j", "k", "k", "k"].map((key) => {
      press(key)
      return focused()
    })
    expect(path).toEqual(["a", "b", "c", "c", "b", "a", "a"])
  })

  it("goes on from the row in which the focus is, whatever has it there", () => {
    document.querySelectorAll<HTMLAnchorElement>("a[href='#pr']")[1]?.focus()
    press("j")
    expect(focused()).toBe("c")
  })

  it.each([
    ["m", "metrics"],
    ["s", "system"],
    ["r", "runs"],
  ])("goes to a page with g %s", (key, place) => {
    press("g")
    press(key)
    expect(navigation.place.page).toBe(place)
  })

  it("takes a letter for a page only right behind g", () => {
    press("g")
    press("x")
    press("m")
    expect(navigation.place.page).toBe("runs")
  })

  it("searches with /, and types there what elsewhere is a key", () => {
    press("/")
    expect(document.activeElement?.tagName).toBe("INPUT")
    for (const key of ["?", "j", "g", "m"]) press(key)
    expect([help.mock.calls.length, document.activeElement?.tagName, navigation.place.page]).toEqual([0, "INPUT", "runs"])
    press("Escape")
    expect(document.activeElement).toBe(document.body)
  })

  it("leaves a page for the runs with one Escape, wherever on it the focus is", () => {
    for (const place of [document.getElementById("main"), document.querySelector("a")]) {
      navigation.go("/system")
      place?.focus()
      press("Escape")
      expect(navigation.place.page).toBe("runs")
    }
  })

  it("goes back to the list as it was left: its filter and its page", () => {
    list.take(filterOf(new URLSearchParams("status=fixed&page=2")), { items: [], page: 2, pageSize: 50, total: 60, position: 1 })
    navigation.go("/runs/a")
    press("Escape")
    expect(`${location.pathname}${location.search}`).toBe("/?status=fixed&page=2")
  })

  it("leaves a field with Escape, and what is in it: the browser would empty it, and tell nobody", () => {
    const field = document.querySelector("input")
    field?.focus()
    const event = new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true })
    field?.dispatchEvent(event)
    expect([event.defaultPrevented, document.activeElement]).toEqual([true, document.body])
  })

  it("helps with ?", () => {
    press("?")
    expect(help).toHaveBeenCalledTimes(1)
  })

  it("leaves letters and signs alone where the reader has switched them off, and remembers it; Escape still leaves", () => {
    shortcuts.turn(false)
    navigation.go("/system")
    for (const key of ["j", "?", "/", "g", "m"]) press(key)
    expect([focused() === "a", help.mock.calls.length, navigation.place.page]).toEqual([false, 0, "system"])
    expect(localStorage.getItem("ci-fix-pilot keys")).toBe("off")
    press("Escape")
    expect(navigation.place.page).toBe("runs")
  })

  it("helps who must sign in, and leaves no page under him: it is where he wants to go", () => {
    dashboard.session = { required: true, signedIn: false, reviewer: null, csrf: null }
    navigation.go("/runs/a")
    for (const key of ["Escape", "g", "s", "g", "m", "j", "/", "?"]) press(key)
    expect([location.pathname, document.activeElement, help.mock.calls.length]).toEqual(["/runs/a", document.body, 1])
  })

  it.each(["ctrlKey", "metaKey", "altKey"])("leaves keys with %s to the browser", (modifier) => {
    press("?", { [modifier]: true })
    expect(help).not.toHaveBeenCalled()
  })

  it("leaves all keys to an open dialog", () => {
    const dialog = document.createElement("dialog")
    dialog.setAttribute("open", "")
    document.body.append(dialog)
    press("j")
    press("?")
    expect([focused() === "a", help.mock.calls.length]).toEqual([false, 0])
  })
})
