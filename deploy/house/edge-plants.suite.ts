/** What breaks the rules of who may import whom, and what keeps them. */
import { file, inAi, inPlanner, manifest, type Plant } from "./plant-fixture.ts"

export const edgePlants: Readonly<Record<string, Plant>> = {
  "packages import only the packages they may; services never import services": {
    broken: [
      file(inAi, `import { x } from "@ci-fix-pilot/planner/dispatch"`),
      file(inAi, `import type { Sql } from "@ci-fix-pilot/sql/Sql"`),
      file(inAi, `const later = await import("@ci-fix-pilot/testkit/database")`),
      file("libs/contract/src/ids.ts", `export { x } from "@ci-fix-pilot/lifecycle/run"`),
      file("ui/src/App.svelte", "<script>", `import { x } from "@ci-fix-pilot/sql/Sql"`, "</script>"),
    ],
    kept: [
      file(inAi, `import { x } from "@ci-fix-pilot/contract/ids"`, `// import { y } from "@ci-fix-pilot/planner/dispatch"`),
      file("services/ai/src/diagnose.test.ts", `import { x } from "@ci-fix-pilot/testkit/given"`),
      file("deploy/start.ts", `import { layer } from "@ci-fix-pilot/planner/layer"`),
      file("ui/e2e/heal.test.ts", `import { startFleet } from "@ci-fix-pilot/deploy/fleet/fleet"`),
    ],
  },
  "what users start does not run on the testkit": {
    broken: [file("deploy/start.ts", `import { x } from "@ci-fix-pilot/testkit/database"`)],
    kept: [file("deploy/fleet/fleet.ts", `import { x } from "@ci-fix-pilot/testkit/database"`)],
  },
  "only the planner imports decide and react": {
    broken: [
      file("services/api/src/Runs.ts", `import { decide } from "@ci-fix-pilot/lifecycle/decide"`),
      file("deploy/demo.ts", `import { react } from "@ci-fix-pilot/lifecycle/react"`),
    ],
    kept: [
      file(inPlanner, `import { decide } from "@ci-fix-pilot/lifecycle/decide"`),
      file("deploy/demo.ts", `import { evolve } from "@ci-fix-pilot/lifecycle/evolve"`),
    ],
  },
  "no import reaches two folders up": {
    broken: [file(inAi, `import { x } from "../../planner/src/dispatch.ts"`)],
    kept: [file(inAi, `import { x } from "../prompt.ts"`)],
  },
  "e2e sees services from outside: it spawns them, it never imports them": {
    broken: [
      file("deploy/e2e/heal.test.ts", `import { x } from "@ci-fix-pilot/planner/dispatch"`),
      file("ui/e2e/heal.test.ts", `import { x } from "@ci-fix-pilot/planner/dispatch"`),
    ],
    kept: [file("deploy/e2e/heal.test.ts", `import { x } from "@ci-fix-pilot/contract/ids"`)],
  },
  "a package.json depends only on packages it may import, and testkit is for tests": {
    broken: [
      manifest("services/ai/package.json", { "@ci-fix-pilot/planner": "workspace:*" }),
      manifest("services/ai/package.json", { "@ci-fix-pilot/testkit": "workspace:*" }),
      manifest("services/github/package.json", { "@ci-fix-pilot/sql": "workspace:*" }),
      manifest("ui/package.json", { "@ci-fix-pilot/deploy": "workspace:*" }),
      manifest("services/api/package.json", {}, { "@ci-fix-pilot/deploy": "workspace:*" }),
    ],
    kept: [
      manifest("services/planner/package.json", { "@ci-fix-pilot/sql": "workspace:*" }, { "@ci-fix-pilot/testkit": "workspace:*" }),
      manifest("deploy/package.json", { "@ci-fix-pilot/planner": "workspace:*" }),
      manifest("ui/package.json", {}, { "@ci-fix-pilot/deploy": "workspace:*" }),
    ],
  },
}
