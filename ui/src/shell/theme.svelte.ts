const remembered = "ci-fix-pilot theme"
const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

/** Light, dark, or as the system is; remembered in this browser. */
class Look {
  theme: Theme = $state.raw(themes.find((theme) => theme === localStorage.getItem(remembered)) ?? "system")

  /** The next of the three. */
  turn() {
    this.theme = themes[(themes.indexOf(this.theme) + 1) % themes.length] ?? "system"
    localStorage.setItem(remembered, this.theme)
    this.#show()
  }

  #show() {
    if (this.theme === "system") delete document.documentElement.dataset["theme"]
    else document.documentElement.dataset["theme"] = this.theme
  }
}

export const look = new Look()
