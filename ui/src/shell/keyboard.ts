import { dashboard } from "../dashboard.svelte.ts"
import { navigation } from "../navigation.svelte.ts"
import { hrefOf } from "../runs/filter.ts"
import { list } from "../runs/runs.ts"
import { shortcuts } from "./shortcuts.svelte.ts"

/** How long `g` waits for its second key (ms). */
const patience = 1_200
const places: Readonly<Record<string, string>> = { r: "/", m: "/metrics", s: "/system" }

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName))

/** Moves the focus to the next or the one before of whatever is marked as a row; from outside to the first that can be seen. */
const step = (by: 1 | -1) => {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const inSight = rows.findIndex((row) => row.getBoundingClientRect().top >= 0)
  const next = at < 0 ? rows[Math.max(0, inSight)] : rows[at + by]
  next?.querySelector("a")?.focus({ preventScroll: true })
  next?.scrollIntoView({ block: "nearest" })
}

const search = () => {
  const field = document.querySelector<HTMLInputElement>("input[type=search]")
  field?.focus()
  field?.select()
  return field !== null
}

/** Out of a field, which keeps what is in it; or back to the list as it was left; there, out of whatever has the focus. */
const leave = (event: KeyboardEvent) => {
  const focused = document.activeElement
  if (isTyping(focused)) event.preventDefault()
  else if (navigation.place.page !== "runs") return navigation.go(list.shown === undefined ? "/" : hrefOf(list.shown))
  if (focused instanceof HTMLElement && focused !== document.body) focused.blur()
}

/** The keys of the whole page; text fields and open dialogs keep theirs. `onHelp`: `?` was pressed. */
export const makeKeyboard = (onHelp: () => void) => {
  let prefix = Number.NEGATIVE_INFINITY
  return (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (document.querySelector("dialog[open]") !== null) return
    // Whoever must sign in is where he wants to go: no key leads him away.
    const { mustSignIn } = dashboard
    if (event.key === "Escape") return mustSignIn ? undefined : leave(event)
    if (!shortcuts.on || isTyping(event.target) || (mustSignIn && event.key !== "?")) return
    const afterG = event.timeStamp - prefix < patience
    prefix = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY
    const place = afterG ? places[event.key] : undefined
    if (place !== undefined) navigation.go(place)
    else if (event.key === "j") step(1)
    else if (event.key === "k") step(-1)
    else if (event.key === "?") onHelp()
    else if (event.key !== "/" || !search()) return
    event.preventDefault()
  }
}
