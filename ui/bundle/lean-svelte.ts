import type { Plugin } from "vite"

/** Nothing is rendered on a server first: nothing is hydrated. */
const hydration = `
export const hydrating = false
export const hydrate_node = undefined
export const hydrate_next = () => {}
export const hydrate_template = () => {}
export const next = () => {}
export const read_hydration_instruction = () => {}
export const reset = () => {}
export const set_hydrate_node = () => {}
export const set_hydrating = () => {}
export const skip_nodes = () => {}
`

/** All state is raw, by a rule of the house; what slips through, in a bound property, is told when the page runs. */
const proxy = `
export const proxy = (value) => {
  if (value?.constructor === Object || Array.isArray(value)) throw new Error("state is raw here")
  return value
}
export const get_proxied_value = (value) => value
export const is = Object.is
`

/** No markup awaits a value by itself: what is derived is there at once. */
const async = `
import { derived } from "./deriveds.js"; export * from "./async.js?svelte"
export const flatten = (blockers, sync, async, then) => then(sync.map((make) => derived(make)))
`

/** No component is older than Svelte 5, none awaits in its markup, none is traced. */
const flags = `
export const async_mode_flag = false
export const legacy_mode_flag = false
export const tracing_mode_flag = false
`

/** By the end of their file's name. */
const ours: ReadonlyMap<string, string> = new Map([
  ["/svelte/src/internal/client/dom/hydration.js", hydration],
  ["/svelte/src/internal/client/proxy.js", proxy],
  ["/svelte/src/internal/client/reactivity/async.js", async],
  ["/svelte/src/internal/flags/index.js", flags],
])

/**
 * Builds with files of ours in the place of Svelte's for what this page does not use: a seventh of the runtime is left out. A Svelte that no
 * longer has such a file, or wants more of it, fails the build here.
 */
export const leanSvelte = (): Plugin => {
  const left = new Set(ours.keys())
  return {
    name: "lean-svelte",
    apply: "build",
    load(id) {
      const name = [...ours.keys()].find((end) => id.endsWith(end))
      if (name === undefined) return undefined
      left.delete(name)
      return ours.get(name)
    },
    buildEnd(problem) {
      if (problem === undefined && left.size > 0) this.error(`Svelte has no ${[...left].join(", ")} any more`)
    },
  }
}
