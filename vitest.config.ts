import { defineConfig } from "vitest/config"

/** What sets the lanes of docs/operating.md apart: which files belong to which world, and how long one test may take there (ms). */
interface Lane {
  readonly name: string
  readonly include: ReadonlyArray<string>
  readonly exclude?: ReadonlyArray<string>
  readonly testTimeout: number
}

const properties = "{libs,services,deploy}/**/*.property.test.ts"

/** Files of pure functions: as many at a time as there are processors, and modules are loaded once for all of them, as they hold no state. */
const pure = { maxWorkers: "100%", isolate: false }

/** Files that have the machine to themselves, as the components that they start share it. What comes by itself is waited for: on a busy machine it comes later. */
const alone = { fileParallelism: false, expect: { poll: { timeout: 30_000 } } }

const lane = ({ name, include, exclude = [], testTimeout }: Lane, world: typeof pure | typeof alone) => ({
  test: {
    ...world,
    name,
    include: [...include],
    exclude: ["**/node_modules/**", "deploy/forge/scenarios/*/**", ...exclude],
    testTimeout,
    hookTimeout: testTimeout * 2,
    pool: "threads" as const,
  },
})

const unit: Lane = {
  name: "unit",
  include: ["{libs,services}/**/*.test.ts", "deploy/**/*.test.ts", "ui/src/**/*.test.ts"],
  exclude: ["**/*.integration.test.ts", "**/*.svelte.test.ts", "deploy/{e2e,chaos}/**", properties],
  testTimeout: 60_000,
}

const components: ReadonlyArray<Lane> = [
  {
    name: "integration",
    include: ["{libs,services,deploy}/**/*.integration.test.ts"],
    exclude: ["services/validator/**"],
    testTimeout: 120_000,
  },
  { name: "sandbox", include: ["services/validator/**/*.integration.test.ts"], testTimeout: 120_000 },
  { name: "e2e", include: ["deploy/e2e/**/*.test.ts"], testTimeout: 300_000 },
  { name: "browser", include: ["ui/e2e/**/*.test.ts"], testTimeout: 120_000 },
  { name: "chaos", include: ["deploy/chaos/**/*.test.ts"], testTimeout: 600_000 },
]

export default defineConfig({
  test: {
    pool: "threads",
    projects: [
      lane(unit, pure),
      lane({ name: "properties", include: [properties], testTimeout: 120_000 }, pure),
      "ui/vitest.config.ts",
      ...components.map((one) => lane(one, alone)),
    ],
  },
})
