import { describe, expect, it } from "vitest"
import { type PlanInput, planCommands } from "./plan-commands.ts"

const project = (paths: ReadonlyArray<string>, texts: Record<string, string> = {}) => ({
  paths: [...paths, ...Object.keys(texts)],
  texts: new Map(Object.entries(texts)),
})
const nothing: PlanInput = { failedJobs: [], project: project([]) }
const plan = (input: Partial<PlanInput>) => planCommands({ ...nothing, ...input })
const packageJson = (content: object) => ({ "package.json": JSON.stringify(content) })
describe("a plan from .ci-fix-pilot.yml", () => {
  it("is what it says", () => {
    const config = `
env: { NODE_ENV: test }
commands:
  - npm run lint
  - name: Unit
    run: npm test
    cwd: packages/core
    env: { LEVEL: 3 }
`
    expect(plan({ config, workflow: { path: "x", text: "jobs: { t: { steps: [{ run: make }] } }" } })).toEqual({
      plan: {
        commands: [
          { name: "npm run lint", run: "npm run lint", cwd: ".", source: "config", env: { NODE_ENV: "test" } },
          { name: "Unit", run: "npm test", cwd: "packages/core", source: "config", env: { NODE_ENV: "test", LEVEL: "3" } },
        ],
        installs: [],
        notes: [],
      },
    })
  })

  it.each(["", "commands: []", "commands: npm test", "commands: [{ cwd: . }]", "commands: [{ run: x, cwd: ../y }]", "commands: ['']", "{"])(
    "that makes no sense is no plan, and no reason to guess: %s",
    (config) =>
      expect(plan({ config, project: project([], packageJson({ scripts: { test: "x" } })) })).toMatchObject({
        unsupported: /^\.ci-fix-pilot\.yml: /,
      }),
  )
})

describe("the operator's command", () => {
  it("wins over everything", () => {
    expect(
      plan({ override: "make verify", config: "commands: [a]", workflow: { path: "x", text: "jobs: { t: { steps: [{ run: make }] } }" } }),
    ).toEqual({
      plan: { commands: [{ name: "make verify", run: "make verify", cwd: ".", source: "override" }], installs: [], notes: [] },
    })
  })
})

describe("a plan that is too large for its messages", () => {
  it("is none", () => {
    const env = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`NAME_${index}`, "x".repeat(1_500)]))
    expect(plan({ config: JSON.stringify({ commands: ["make a", "make b"], env }) })).toMatchObject({ unsupported: /longer than 64 KB/ })
  })
})

describe("a Python project with its packages in src", () => {
  it("has them on its path, unless it says otherwise", () => {
    const layout = project(["pyproject.toml", "src/shop/__init__.py", "tests/test_a.py", "conftest.py"])
    expect(plan({ project: layout })).toMatchObject({
      plan: { commands: [{ run: "python3 -m pytest -q", env: { PYTHONPATH: "/workspace/src" } }] },
    })
    const config = "commands: [pytest]\nenv: { PYTHONPATH: lib }\n"
    expect(plan({ project: layout, config })).toMatchObject({ plan: { commands: [{ env: { PYTHONPATH: "lib" } }] } })
  })
})
