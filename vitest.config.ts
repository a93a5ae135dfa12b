import { defineConfig } from "vitest/config"

/** The lanes of docs/operating.md: which files belong to which world, and how long one test may take there (ms). */
const lane = (name: string, include: Array<string>, exclude: Array<string>, testTimeout: number, fileParallelism = true) => ({
  test: {
    name,
    include,
    exclude: ["**/node_modules/**", "deploy/forge/scenarios/*/**", ...exclude],
    testTimeout,
    hookTimeout: testTimeout * 2,
    fileParallelism,
    pool: "threads" as const,
  },
})

export default defineConfig({
  test: {
    pool: "threads",
    projects: [
      lane(
        "unit",
        ["{libs,services}/**/*.test.ts", "deploy/**/*.test.ts", "ui/src/**/*.test.ts"],
        ["**/*.integration.test.ts", "**/*.svelte.test.ts", "deploy/{e2e,chaos}/**"],
        10_000,
      ),
      "ui/vitest.config.ts",
      lane("integration", ["{libs,services,deploy}/**/*.integration.test.ts"], ["services/validator/**"], 120_000, false),
      lane("sandbox", ["services/validator/**/*.integration.test.ts"], [], 120_000, false),
      lane("e2e", ["deploy/e2e/**/*.test.ts"], [], 300_000, false),
      lane("browser", ["ui/e2e/**/*.test.ts"], [], 120_000, false),
      lane("chaos", ["deploy/chaos/**/*.test.ts"], [], 600_000, false),
    ],
  },
})
