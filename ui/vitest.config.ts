import { join } from "node:path"
import { svelte } from "@sveltejs/vite-plugin-svelte"
import { svelteTesting } from "@testing-library/svelte/vite"
import { defineProject } from "vitest/config"

/** Components, mounted in a document that is none of a browser's: what a person reads and may do. Each is taken away after its test. */
export default defineProject({
  plugins: [svelte({ configFile: join(import.meta.dirname, "svelte.config.js") }), svelteTesting()],
  // Without it, Svelte gives tests the half that renders on a server and cannot mount.
  resolve: { conditions: ["browser"] },
  test: {
    name: "ui",
    environment: "happy-dom",
    include: ["src/**/*.svelte.test.ts"],
    testTimeout: 20_000,
    // Parts that are loaded later are compiled for it first.
    expect: { poll: { timeout: 10_000 } },
    pool: "threads",
    maxWorkers: "100%",
  },
})
