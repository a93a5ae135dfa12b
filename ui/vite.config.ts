import { svelte } from "@sveltejs/vite-plugin-svelte"
import { defineConfig } from "vite"

/** A static build that the api serves. `npx vite` proxies to an api on its usual port. */
export default defineConfig({
  plugins: [svelte()],
  server: { proxy: { "/v1": "http://127.0.0.1:3000" } },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
})
