import { fileURLToPath } from "node:url"
import { svelte } from "@sveltejs/vite-plugin-svelte"
import { defineConfig, type Plugin } from "vite"
import { leanSvelte } from "./bundle/lean-svelte.ts"
import { weigh } from "./bundle/weigh.ts"

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
  plugins: [fetchPart, leanSvelte(), svelte(), weigh()],
  server: { proxy: { "/v1": "http://127.0.0.1:3000" } },
  build: {
    // What the page asks of a browser by itself: URL.parse is the newest of it.
    target: ["chrome126", "firefox126", "safari18"],
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
