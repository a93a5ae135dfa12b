import { describe, expect, it } from "vitest"
import { type PlanInput, planCommands } from "./plan-commands.ts"

const project = (paths: ReadonlyArray<string>, texts: Record<string, string> = {}) => ({
  paths: [...paths, ...Object.keys(texts)],
  texts: new Map(Object.entries(texts)),
})
const nothing: PlanInput = { failedJobs: [], project: project([]) }
const plan = (input: Partial<PlanInput>) => planCommands({ ...nothing, ...input })
const packageJson = (content: object) => ({ "package.json": JSON.stringify(content) })
/** Names, or scripts, of the planned commands. */
const runs = (planned: ReturnType<typeof planCommands>) =>
  "plan" in planned ? planned.plan.commands.map(({ run }) => run) : planned.unsupported

describe("a plan from the project's files", () => {
  const detected = (paths: ReadonlyArray<string>, texts: Record<string, string> = {}) => runs(plan({ project: project(paths, texts) }))

  it.each([
    ["npm", { "package-lock.json": "" }, {}, "npm test"],
    ["pnpm", { "pnpm-lock.yaml": "" }, {}, "pnpm test"],
    ["yarn", { "yarn.lock": "" }, {}, "yarn test"],
    ["bun", { "bun.lock": "" }, {}, "bun run test"],
    ["the named manager", { "package-lock.json": "" }, { packageManager: "pnpm@9.1.0" }, "pnpm test"],
  ])("runs the test script with %s", (_, lock, extra, run) => {
    expect(detected(Object.keys(lock), packageJson({ scripts: { test: "vitest run" }, ...extra }))).toEqual([run])
  })

  it("leaves out hooks of npm test that are no test", () => {
    const scripts = { test: "nyc tape test", pretest: "npm run lint", posttest: "aud --production" }
    expect(detected([], packageJson({ scripts }))).toEqual(["npm test --ignore-scripts"])
    expect(detected([], packageJson({ scripts: { ...scripts, pretest: "tsc" } }))).toEqual(["npm run pretest", "npm test --ignore-scripts"])
    expect(detected([], packageJson({ scripts: { test: "tape", pretest: "tsc" } }))).toEqual(["npm test"])
  })

  it("takes a test script that chains others apart, each part in the surroundings that npm gives it", () => {
    const scripts = { test: "npm run lint && npm run build && npm run -s unit", lint: "eslint .", unit: "mocha 'a b' && npm run more" }
    const parts = ["npm run lint", "npm run build", `npm exec --offline --call 'mocha '\\''a b'\\'''`, "npm run more"]
    expect(detected([], packageJson({ scripts: { ...scripts, more: "tsc", build: "tsc" } }))).toEqual(parts)
    const hooked = { test: "npm run all", all: "npm run one && npm run two", preone: "tsc", one: "tape a && tape b", two: "tape c" }
    expect(detected([], packageJson({ scripts: hooked }))).toEqual(["npm run one", "npm run two"])
    expect(detected([], packageJson({ scripts: { ...scripts, pretest: "tsc" } }))).toEqual(["npm test"])
  })

  it.each([
    ["pnpm", { "pnpm-lock.yaml": "" }, "pnpm run", (text: string) => `pnpm --shell-mode exec '${text}'`],
    ["yarn", { "yarn.lock": "" }, "yarn run", (text: string) => `yarn --silent exec -- sh -c '${text}'`],
    ["bun", { "bun.lock": "" }, "bun run", (text: string) => `PATH="$PWD/node_modules/.bin:$PATH" sh -c '${text}'`],
  ] as const)("takes apart what %s runs, too", (name, lock, run, shell) => {
    const scripts = { lint: "eslint .", unit: "tape test", all: `${run} lint && ${name} unit && mocha a`, install: "node-gyp" }
    const files = Object.keys(lock)
    expect(detected(files, packageJson({ scripts: { ...scripts, test: `${run} all` } }))).toEqual([
      `${run} lint`,
      `${run} unit`,
      shell("mocha a"),
    ])
    expect(detected(files, packageJson({ scripts: { ...scripts, test: `${name} install && tape a` } }))).toEqual([
      shell(`${name} install`),
      shell("tape a"),
    ])
    const hooked = { test: "tape a", pretest: `${name} lint`, posttest: "tsc" }
    expect(detected(files, packageJson({ scripts: hooked }))).toEqual([shell("tape a"), `${run} posttest`])
    expect(detected(files, packageJson({ scripts: { test: "tape a", pretest: "tsc" } }))).toEqual([
      name === "bun" ? "bun run test" : `${name} test`,
    ])
  })

  it("leaves the test script of a yarn that it cannot look into in one piece", () => {
    const manifest = { packageManager: "yarn@4.1.0", scripts: { test: "yarn lint && yarn unit", lint: "eslint", unit: "tape" } }
    expect(detected(["yarn.lock"], packageJson(manifest))).toEqual(["yarn test"])
  })

  it.each(["cd lib && tape", "a || b", "(a) && b", "a & b", "tape | tap-spec && b", "npm run test && npm run test", "export A=1 && b"])(
    "leaves %s in one piece",
    (test) => expect(detected([], packageJson({ scripts: { test } }))).toHaveLength(1),
  )

  it("does not take npm's placeholder for a test", () => {
    const scripts = { test: 'echo "Error: no test specified" && exit 1' }
    expect(detected(["lib/a.test.js"], packageJson({ scripts }))).toEqual(["node --test"])
    expect(detected([], packageJson({ scripts: { ...scripts, build: "tsc", lint: "eslint" } }))).toEqual(["npm run build", "npm run lint"])
    expect(detected(["tsconfig.json"], packageJson({}))).toEqual(["npx --no-install tsc --noEmit"])
  })

  it("runs node's own tests without a manifest", () => expect(detected(["test/a.test.mjs"])).toEqual(["node --test"]))

  it("tells pytest from unittest", () => {
    expect(detected(["tests/test_a.py", "conftest.py"])).toEqual(["python3 -m pytest -q"])
    expect(detected(["pkg/test_a.py"], { "pyproject.toml": "[tool.pytest.ini_options]\n" })).toEqual(["python3 -m pytest -q"])
    expect(detected(["test_a.py", "a.py"])).toEqual(["python3 -m unittest discover -v"])
    expect(detected(["tests/test_a.py", "a.py"])).toEqual(["python3 -m unittest discover -v -s tests -t ."])
    expect(detected(["tests/test_a.py", "tests/__init__.py"])).toEqual(["python3 -m unittest discover -v"])
  })

  it("knows go and cargo, and several at once", () => {
    expect(detected(["go.mod", "Cargo.toml", "main.go"])).toEqual(["go test ./...", "cargo test --offline"])
  })

  it("looks one directory below when there is nothing at the root", () => {
    const texts = { "web/package.json": `{ "scripts": { "test": "jest" } }`, "api/pyproject.toml": "pytest" }
    const planned = plan({ project: project(["README.md", "api/tests/test_x.py", ".github/x.test.js"], texts) })
    expect("plan" in planned && planned.plan.commands.map(({ run, cwd }) => [run, cwd])).toEqual(
      expect.arrayContaining([
        ["npm test", "web"],
        ["python3 -m pytest -q", "api"],
      ]),
    )
  })

  it("is none when nothing is known", () => {
    expect(detected(["README.md"])).toMatch(/Nothing says how this project is tested/)
    expect(detected([], { "package.json": "{ broken" })).toMatch(/Nothing says/)
  })
})
