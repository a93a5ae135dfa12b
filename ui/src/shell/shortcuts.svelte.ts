import { recall, remember } from "../remembered.ts"

/** Whether keys of one letter or sign do something; remembered in this browser. Who speaks to his computer presses many by speaking (WCAG 2.1.4). */
class Shortcuts {
  on: boolean = $state.raw(recall("keys") !== "off")

  turn(on: boolean) {
    this.on = on
    remember("keys", on ? "on" : "off")
  }
}

export const shortcuts = new Shortcuts()
