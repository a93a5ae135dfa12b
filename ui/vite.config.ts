import { fileURLToPath } from "node:url"
import { svelte } from "@sveltejs/vite-plugin-svelte"
import { defineConfig, type Plugin } from "vite"

/** Switches of Svelte's runtime that nothing in this page turns on, by the end of their file's name. */
const never: Readonly<Record<string, ReadonlyArray<string>>> = {
  "svelte/src/internal/client/dom/hydration.js": ["hydrating"],
  "svelte/src/internal/flags/index.js": ["async_mode_flag", "legacy_mode_flag", "tracing_mode_flag"],
}

/**
 * Says of those switches that they stay off: then the bundler leaves out what they switch (a tenth of the runtime). It cannot see it by itself
 * because they are variables. A Svelte that has them no longer fails the build here.
 */
const switchesOff: Plugin = {
  name: "switches-off",
  apply: "build",
  transform(code, id) {
    const names = Object.entries(never).find(([file]) => id.endsWith(file))?.[1] ?? []
    return names.reduce((text, name) => {
      if (!text.includes(`export let ${name} = false;`)) this.error(`${id} has no switch ${name} any more`)
      return text.replace(`export let ${name}`, `export const ${name}`).replaceAll(new RegExp(`(?<=^\\t)${name} = `, "gmu"), "void ")
    }, code)
  },
}

/**
 * Leaves out Svelte's deep state: all state here is raw or a single value, and whoever forgets it is told when he runs what was built. A Svelte
 * that makes deep state elsewhere fails the build here.
 */
const rawState: Plugin = {
  name: "raw-state",
  apply: "build",
  transform(code, id) {
    if (!id.endsWith("svelte/src/internal/client/proxy.js")) return undefined
    const deep = /(?<=^export function proxy\(value\) \{\n.+?)\t\/\*\* @type \{Map<any, Source<any>>\} \*\/\n.+?(?=^\}\n)/msu
    if (!deep.test(code)) this.error(`${id} makes no deep state any more`)
    return code.replace(deep, '\tthrow new Error("state is raw here")\n')
  },
}

/** Fetches parts of the page by our few lines instead of Vite's many, which serve browsers that this page does not. */
const fetchPart: Plugin = {
  name: "fetch-part",
  apply: "build",
  enforce: "pre",
  resolveId: (id) =>
    id.endsWith("vite/preload-helper.js") ? fileURLToPath(new URL("src/shell/fetch-part.ts", import.meta.url)) : undefined,
}

/** A static build that the api serves. `npx vite` proxies to an api on its usual port. */
export default defineConfig({
  plugins: [fetchPart, switchesOff, rawState, svelte()],
  server: { proxy: { "/v1": "http://127.0.0.1:3000" } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      // Svelte does not say that its modules do nothing by being imported; they do not.
      treeshake: { moduleSideEffects: (id) => !id.includes("/svelte/src/") },
      // What the first page needs is one file, and what follows it is another.
      output: {
        codeSplitting: {
          groups: [
            { name: "first", tags: ["$initial"] },
            { name: "later", test: /shell\/parts-for-later\.ts$/u },
          ],
        },
        // Svelte's warnings are for who writes the page.
        minify: { compress: { dropConsole: true }, mangle: true, codegen: true },
      },
    },
  },
})
