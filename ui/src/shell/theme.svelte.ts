import { recall, remember } from "../remembered.ts"

const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

/** Light, dark, or as the system is; remembered in this browser. */
class Look {
  theme: Theme = $state.raw(themes.find((theme) => theme === recall("theme")) ?? "system")

  /** The next of the three. */
  turn() {
    this.theme = themes[(themes.indexOf(this.theme) + 1) % themes.length] ?? "system"
    remember("theme", this.theme)
    this.#show()
  }

  #show() {
    if (this.theme === "system") delete document.documentElement.dataset["theme"]
    else document.documentElement.dataset["theme"] = this.theme
  }
}

export const look = new Look()
