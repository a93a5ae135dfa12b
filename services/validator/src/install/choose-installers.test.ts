import { describe, expect, it } from "vitest"
import { chooseInstallers } from "./choose-installers.ts"

const choose = (files: Record<string, string>) => chooseInstallers(Object.keys(files), (path) => files[path] ?? "")
const needing = JSON.stringify({ devDependencies: { jest: "1" } })

describe("what must be installed", () => {
  it.each([
    ["npm", { "package-lock.json": "{}" }],
    ["npm", {}],
    ["pnpm", { "pnpm-lock.yaml": "" }],
    ["yarn", { "yarn.lock": "" }],
    ["bun", { "bun.lock": "" }],
  ])("is left to %s by the lockfile", (installer, lock) => {
    const files = { "package.json": needing, "src/a.js": "", ...lock }
    expect(choose(files)).toEqual([{ installer, manifests: ["package.json", ...Object.keys(lock)] }])
  })

  it("is nothing when nobody asks for anything", () => {
    expect(
      choose({ "package.json": JSON.stringify({ scripts: { test: "x" }, dependencies: {} }), "requirements.txt": "# none\n\n" }),
    ).toEqual([])
    expect(choose({ "package.json": "{ broken" })).toEqual([])
    expect(choose({})).toEqual([])
  })

  it("is what workspaces ask for", () => {
    const files = { "package.json": JSON.stringify({ workspaces: ["packages/*"] }), "packages/a/package.json": needing }
    expect(choose(files)).toEqual([{ installer: "npm", manifests: ["package.json", "packages/a/package.json"] }])
  })

  it("may be two things", () => {
    expect(choose({ "package.json": needing, "requirements-dev.txt": "pytest==8\n" }).map(({ installer }) => installer)).toEqual([
      "npm",
      "pip",
    ])
  })

  it("is what a pyproject.toml asks for when there are no requirements files, for running and testing", () => {
    const pyproject = `
[project]
dependencies = ["requests>=2,<3", "evil @ https://example.com/x.whl", "../local", "-r /etc/passwd"]
[project.optional-dependencies]
test = ["pytest-mock", "requests>=2,<3", "tomli; python_version < '3.11'"]
docs = ["sphinx"]
[dependency-groups]
dev = ["ruff==0.5", { include-group = "test" }]
`
    const derived = { "requirements.txt": "requests>=2,<3\npytest-mock\ntomli; python_version < '3.11'\nruff==0.5\n" }
    expect(choose({ "pyproject.toml": pyproject })).toEqual([{ installer: "pip", manifests: [], derived }])
    expect(choose({ "pyproject.toml": pyproject, "requirements.txt": "x==1\n" })).toEqual([
      { installer: "pip", manifests: ["requirements.txt"] },
    ])
    expect(choose({ "pyproject.toml": "[project\n broken" })).toEqual([])
  })

  it("follows the manager that the manifest names", () => {
    expect(
      choose({ "package.json": JSON.stringify({ packageManager: "yarn@1.22.0", dependencies: { a: "1" } }), "package-lock.json": "" })[0]
        ?.installer,
    ).toBe("yarn")
  })
})
