import { describe, expect, it } from "vitest"
import { type PlanInput, planCommands } from "./plan-commands.ts"

const project = (paths: ReadonlyArray<string>, texts: Record<string, string> = {}) => ({
  paths: [...paths, ...Object.keys(texts)],
  texts: new Map(Object.entries(texts)),
})
const nothing: PlanInput = { failedJobs: [], project: project([]) }
const plan = (input: Partial<PlanInput>) => planCommands({ ...nothing, ...input })
const workflow = (text: string, failedJobs: PlanInput["failedJobs"] = []) =>
  plan({ workflow: { path: ".github/workflows/ci.yml", text }, failedJobs })
const packageJson = (content: object) => ({ "package.json": JSON.stringify(content) })
/** Names, or scripts, of the planned commands. */
const runs = (planned: ReturnType<typeof planCommands>) =>
  "plan" in planned ? planned.plan.commands.map(({ run }) => run) : planned.unsupported

const node = `
name: CI
on: [push, pull_request]
env:
  FORCE_COLOR: 0
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22, cache: npm }
      - run: npm ci
      - run: npm run lint
  test:
    runs-on: \${{ matrix.os }}
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-latest, windows-latest, macos-latest]
        node: [18, 20, 22]
    steps:
      - uses: actions/checkout@v4
      - name: Use Node \${{ matrix.node }}
        uses: actions/setup-node@v4
        with: { node-version: "\${{ matrix.node }}" }
      - run: npm ci
      - run: npm run build --if-present
      - name: Test
        run: npm test -- --reporter=\${{ matrix.node >= 20 && 'spec' || 'tap' }}
        env:
          API_KEY: \${{ secrets.API_KEY }}
          TZ: UTC
      - if: failure()
        run: cat npm-debug.log
      - if: matrix.node == 22 && github.ref == 'refs/heads/main'
        run: npm run coverage
      - uses: codecov/codecov-action@v4
`

describe("a plan from the workflow", () => {
  it("takes the run steps of the failed job and of its matrix", () => {
    const planned = workflow(node, [{ name: "test (ubuntu-latest, 20)", steps: ["Test"] }])
    expect(planned).toEqual({
      plan: {
        commands: [
          {
            name: "Run npm run build --if-present",
            run: "npm run build --if-present",
            cwd: ".",
            source: "workflow",
            env: { FORCE_COLOR: "0" },
          },
          {
            name: "Test",
            run: "npm test -- --reporter=spec",
            cwd: ".",
            source: "workflow",
            env: { FORCE_COLOR: "0", API_KEY: "", TZ: "UTC" },
          },
        ],
        installs: [{ name: "Run npm ci", run: "npm ci", cwd: ".", source: "workflow", env: { FORCE_COLOR: "0" } }],
        notes: ["Test: API_KEY is empty: `secrets.API_KEY` is not known here."],
      },
    })
    expect(runs(workflow(node, [{ name: "test (ubuntu-latest, 18)", steps: [] }]))).toContain("npm test -- --reporter=tap")
  })

  it("says which condition it could not evaluate", () => {
    const planned = workflow(node, [{ name: "test (ubuntu-latest, 22)", steps: ["Test"] }])
    expect("plan" in planned && planned.plan.notes.join()).toContain(
      "its condition `matrix.node == 22 && github.ref == 'refs/heads/main'` cannot be evaluated",
    )
  })

  it("takes several failed jobs, each command once", () => {
    const failed = [
      { name: "lint", steps: [] },
      { name: "test (ubuntu-latest, 20)", steps: [] },
      { name: "test (ubuntu-latest, 22)", steps: [] },
    ]
    expect(runs(workflow(node, failed))).toEqual(["npm run lint", "npm run build --if-present", "npm test -- --reporter=spec"])
  })

  it("is impossible on another system", () => {
    expect(workflow(node, [{ name: "test (windows-latest, 20)", steps: ["Test"] }])).toMatchObject({ unsupported: /runs on windows/ })
    expect(workflow(node, [{ name: "test (macos-latest, 20)", steps: [] }])).toMatchObject({ unsupported: /runs on macos/ })
  })

  it("takes what can run here when only some of the failed jobs can", () => {
    const failed = [
      { name: "test (windows-latest, 20)", steps: [] },
      { name: "lint", steps: [] },
    ]
    const planned = workflow(node, failed)
    expect(runs(planned)).toEqual(["npm run lint"])
    expect("plan" in planned && planned.plan.notes).toContain("The job test runs on windows; the sandbox is Linux.")
  })

  it("takes all jobs that test when nobody says which failed", () => {
    const text = `
jobs:
  test: { runs-on: ubuntu-latest, steps: [{ run: make test }] }
  deploy: { runs-on: ubuntu-latest, steps: [{ run: make deploy }] }
  ship: { runs-on: ubuntu-latest, environment: production, steps: [{ run: make ship }] }
`
    expect(runs(workflow(text))).toEqual(["make test"])
  })

  it("finds a job by the name that its matrix fills in, however it is spelled", () => {
    const text = `
jobs:
  py:
    name: Python \${{ matrix.python-version }}
    runs-on: ubuntu-24.04
    defaults: { run: { working-directory: ./backend } }
    strategy: { matrix: { python-version: ["3.10", "3.12"] } }
    steps:
      - run: |
          python -m pip install --upgrade pip
          pip install -r requirements.txt pytest
      - run: python -m pytest tests --junitxml=\${{ matrix.python-version }}.xml
      - run: mypy .
        working-directory: backend/src
`
    expect(workflow(text, [{ name: "Python 3.12", steps: ["Run python -m pytest tests --junitxml=3.12.xml"] }])).toMatchObject({
      plan: {
        commands: [
          { run: "python -m pytest tests --junitxml=3.12.xml", cwd: "backend" },
          { run: "mypy .", cwd: "backend/src" },
        ],
        installs: [{ run: "python -m pip install --upgrade pip" }, { run: "pip install -r requirements.txt pytest" }],
      },
    })
  })

  it("knows shells, multi-line scripts and the workspace's name", () => {
    const text = `
defaults: { run: { shell: "bash --noprofile --norc -eo pipefail {0}" } }
jobs:
  t:
    runs-on: [self-hosted, linux]
    steps:
      - shell: sh
        run: ./a
      - shell: pwsh
        run: Get-Thing
      - shell: python
        run: print(1)
      - working-directory: \${{ github.workspace }}/sub
        run: |
          set -x
          # why
          ./b one &&
            ./c
      - working-directory: /opt
        run: ./d
      - shell: bash
        run: ./f | tee log
      - working-directory: ../..
        run: ./e
`
    const planned = workflow(text, [{ name: "t", steps: [] }])
    expect(planned).toMatchObject({
      plan: {
        commands: [
          { name: "Run ./a", run: "./a", shell: "sh" },
          { name: "Run set -x", run: "set -x\n./b one &&\n  ./c", cwd: "sub" },
          { name: "Run ./f | tee log", run: "set -o pipefail\n./f | tee log" },
        ],
        notes: [/`pwsh`/, /`python`/, /outside/, /outside/],
      },
    })
    expect("plan" in planned && planned.plan.commands[1]).not.toHaveProperty("shell")
  })

  it("leaves out what may fail, what uses unknown actions, what needs the network, and says so", () => {
    const text = `
jobs:
  t:
    runs-on: ubuntu-latest
    steps:
      - run: ./flaky
        continue-on-error: true
      - uses: someone/magic@v1
      - run: ./upload --to \${{ secrets.BUCKET }}
      - run: |
          make check
          curl -fsS https://example.com/done
`
    const planned = workflow(text, [{ name: "t", steps: ["Run make check"] }])
    expect(runs(planned)).toEqual(["make check"])
    expect("plan" in planned && planned.plan.notes).toEqual([
      "Run ./flaky: it may fail (continue-on-error).",
      "Run someone/magic@v1: it uses the action someone/magic@v1.",
      "Run ./upload --to: `secrets.BUCKET` is not known here.",
      "Run make check: left out `curl -fsS https://example.com/done`, which needs the network or the history.",
    ])
  })

  it.each([
    ["services", "services: { db: { image: postgres } }\n    steps: [{ run: make test }]", /needs services beside it: db/],
    ["a reusable workflow", "uses: ./.github/workflows/other.yml", /reusable workflow/],
    [
      "a failing action",
      "steps: [{ name: Golangci, uses: golangci/golangci-lint-action@v6 }, { run: go test ./... }]",
      /uses the action golangci/,
    ],
    ["an installation that failed", "steps: [{ name: Golangci, run: npm ci }, { run: npm test }]", /installation itself/],
  ])("is impossible with %s", (_, body, why) => {
    const text = `jobs:\n  t:\n    runs-on: ubuntu-latest\n    ${body}\n`
    expect(workflow(text, [{ name: "t", steps: ["Golangci"] }])).toMatchObject({ unsupported: expect.stringMatching(why) })
  })

  it("falls back to the project's files when the text is no workflow or has no such job", () => {
    const files = project([], packageJson({ scripts: { test: "jest" } }))
    for (const text of ["jobs: [", "just words", "a: &a [*a]", "jobs: { other: { steps: [{ run: make }] } }", "&x [*x,*x]"]) {
      const planned = plan({ workflow: { path: "ci.yml", text }, failedJobs: [{ name: "gone", steps: [] }], project: files })
      expect(runs(planned)).toEqual(["npm test"])
      expect("plan" in planned && planned.plan.notes[0]).toContain("guessed")
    }
  })

  it("survives a hostile file", () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\njobs: { t: { steps: [*d,*d,*d,*d,*d] } }`
    expect(workflow(bomb)).toMatchObject({ unsupported: /Nothing says/ })
    expect(workflow(`jobs: { t: { runs-on: x, env: { __proto__: 1 }, steps: [{ run: ${"y".repeat(9_000)} }] } }`)).toMatchObject({
      unsupported: /.*/,
    })
  })
})
