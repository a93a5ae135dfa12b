import { describe, expect, it } from "vitest"
import { type Installer, installPlan, isManifest } from "./install-commands.ts"

const mirror = "http://127.0.0.1:4873/~0/"
const ways = (installer: Installer, ...files: Array<string>) => installPlan(installer, files, mirror).fetch.map(({ name }) => name)

describe("what is given to an installation", () => {
  it.each<[Installer, string, boolean]>([
    ["npm", "package.json", true],
    ["npm", "packages/a/package.json", true],
    ["npm", "package-lock.json", true],
    ["npm", ".npmrc", false],
    ["npm", "packages/a/.npmrc", false],
    ["npm", "node_modules/x/package.json", false],
    ["npm", "index.js", false],
    ["pnpm", "pnpm-lock.yaml", true],
    ["pnpm", "patches/x.patch", true],
    ["pnpm", ".pnpmfile.cjs", false],
    ["yarn", "yarn.lock", true],
    ["yarn", ".yarnrc.yml", false],
    ["yarn", ".yarn/releases/yarn.cjs", false],
    ["bun", "bun.lock", true],
    ["bun", "bunfig.toml", false],
    ["pip", "requirements-dev.txt", true],
    ["pip", "requirements/base.txt", true],
    ["pip", "requirements';curl x;'.txt", false],
    ["pip", "pip.conf", false],
    ["pip", "setup.py", false],
  ])("of %s: %s %s", (installer, path, expected) => {
    expect(isManifest(installer, path)).toBe(expected)
  })
})

describe("how dependencies are fetched", () => {
  it("follows the lockfile first, and says every other way by its name", () => {
    expect(ways("npm", "package.json", "package-lock.json")).toEqual(["npm ci", "npm install", "npm install --legacy-peer-deps"])
    expect(ways("npm", "package.json")).toEqual(["npm install", "npm install --legacy-peer-deps"])
    expect(ways("pnpm", "pnpm-lock.yaml")).toEqual(["pnpm install --frozen-lockfile", "pnpm install"])
    expect(ways("bun", "bun.lock")).toEqual(["bun install --frozen-lockfile", "bun install"])
  })

  it("never runs a script while the registry can be reached", () => {
    for (const installer of ["npm", "pnpm", "yarn", "bun"] as const)
      for (const { run } of installPlan(installer, ["package.json"], mirror).fetch) expect(run).toContain("--ignore-scripts")
    expect(installPlan("pip", ["requirements.txt"], mirror).fetch[0]?.run).toContain("--only-binary=:all:")
  })

  it("gives pip the requirements, not the constraints", () => {
    const { fetch } = installPlan("pip", ["constraints.txt", "requirements.txt", "requirements/dev.txt"], mirror)
    expect(fetch[0]?.run).toMatch(/-r 'requirements.txt' -r 'requirements\/dev.txt'$/u)
  })

  it("tells every package manager the mirror and nothing else", () => {
    for (const installer of ["npm", "pnpm", "yarn", "bun", "pip"] as const)
      expect(Object.values(installPlan(installer, [], mirror).env).filter((value) => value.startsWith("http"))).toContain(mirror)
  })
})
