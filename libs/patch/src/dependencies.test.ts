import { describe, expect, it } from "vitest"
import { changed } from "./policy-fixture.ts"

describe("a patch waits for approval", () => {
  it("for new dependencies, dependencies from elsewhere, and scripts that installing runs", () => {
    const base = { dependencies: { a: "^1.0.0" }, scripts: { test: "x" } }
    const to = (after: object) =>
      changed("package.json", JSON.stringify(base, null, 2), JSON.stringify(after, null, 2)).map(({ rule, detail }) => `${rule}: ${detail}`)
    expect(to({ ...base, dependencies: { a: "^1.0.0", evil: "1" } })).toStrictEqual(["new-dependency: evil is new in dependencies"])
    expect(to({ ...base, devDependencies: { evil: "1" } })).toStrictEqual(["new-dependency: evil is new in devDependencies"])
    expect(to({ ...base, dependencies: { a: "git+https://evil.example/a.git" } })).toStrictEqual([
      "new-dependency: a now comes from git+https://evil.example/a.git",
    ])
    expect(to({ ...base, dependencies: { a: "npm:evil@1" } })).toStrictEqual(["new-dependency: a now comes from npm:evil@1"])
    expect(to({ ...base, scripts: { test: "x", postinstall: "node x.js" } })).toStrictEqual([
      "unsafe-patch: installing would run its postinstall script",
    ])
    expect(to({ ...base, dependencies: { a: "^1.0.1" } })).toStrictEqual([])
    expect(to({ ...base, dependencies: { a: "^1.0.0", ours: "workspace:*" } })).toStrictEqual([])
  })

  it.each([
    ["requirements.txt", "a==1\n", "a==1\nevil==2\n", "evil"],
    ["requirements/dev.txt", "a==1\n", "a==1\nevil>=2\n", "evil"],
    ["Cargo.toml", '[dependencies]\na = "1"\n', '[dependencies]\na = "1"\nevil = { version = "2" }\n', "evil"],
    ["go.mod", "module x\n", "module x\nrequire evil.example/x v1.0.0\n", "evil.example/x"],
    ["Gemfile", "gem 'a'\n", "gem 'a'\ngem 'evil'\n", "evil"],
    ["build.gradle", "x\n", "x\nimplementation 'com.evil:evil:1.0'\n", "com.evil:evil:1.0"],
  ])("for a new dependency in %s", (path, before, after, name) => {
    expect(
      changed(path, before, after)
        .filter(({ rule }) => rule === "new-dependency")
        .map(({ detail }) => detail),
    ).toStrictEqual([`${name} is new`])
  })

  it("but not for a dependency that only has another version", () => {
    expect(changed("requirements.txt", "a==1\nb==1\n", "a==2\nb==1\n")).toStrictEqual([])
    expect(changed("Cargo.toml", '[dependencies]\na = "1"\n', '[dependencies]\na = "2"\n')).toStrictEqual([])
  })

  it("for a lockfile that no manifest explains, or that loses checksums", () => {
    const lock = '{\n  "version": "1.0.0",\n  "integrity": "sha512-x"\n}\n'
    expect(changed("package-lock.json", lock, lock.replace("1.0.0", "1.0.1")).map(({ detail }) => detail)).toStrictEqual([
      "the lockfile changes although no manifest does",
    ])
    expect(changed("package-lock.json", lock, lock.replace(/,\n.*integrity.*\n/, "\n")).map(({ detail }) => detail)).toContain(
      "checksums of packages go",
    )
  })
})
