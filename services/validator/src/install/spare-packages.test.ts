import { describe, expect, it } from "vitest"
import { askerOf, describeSpare, isElsewhere, isRepository, nameDescribed, sparesIn, withoutSpares } from "./spare-packages.ts"

const manifest = {
  dependencies: { lodash: "4" },
  devDependencies: {
    absent: "^1.0.0",
    tape: "5",
    forked: "github:acme/forked",
    page: "acme/page#main",
    archive: "https://example.com/a.tgz",
  },
}
const texts = new Map([
  ["package.json", JSON.stringify({ name: "app", ...manifest })],
  ["packages/a/package.json", JSON.stringify({ devDependencies: { absent: "^1.0.0" } })],
  ["package-lock.json", "{}"],
  ["requirements.txt", "requests==2\n"],
  ["requirements-dev.txt", "# tools\npytest==8\nabsent==1 ; python_version > '3'\n-r requirements.txt\n"],
])

describe("what may be left out of an installation", () => {
  it("is what the project needs only to work on itself", () => {
    expect(sparesIn(texts).map(({ file, name }) => `${file} ${name}`)).toEqual([
      "package.json absent",
      "package.json tape",
      "package.json forked",
      "package.json page",
      "package.json archive",
      "packages/a/package.json absent",
      "requirements-dev.txt pytest",
      "requirements-dev.txt absent",
    ])
    expect(sparesIn(new Map([["requirements.txt", "requests==2\n"]]), true).map(({ name }) => name)).toEqual(["requests"])
  })

  it("leaves everything else as it is", () => {
    const left = sparesIn(texts).filter(({ name, file }) => name === "absent" && !file.startsWith("packages/"))
    const without = withoutSpares(texts, left)
    expect(JSON.parse(without.get("package.json") ?? "")).toEqual({
      name: "app",
      dependencies: { lodash: "4" },
      devDependencies: { ...manifest.devDependencies, absent: undefined },
    })
    expect(without.get("packages/a/package.json")).toBe(texts.get("packages/a/package.json"))
    expect(without.get("requirements-dev.txt")).toBe("# tools\npytest==8\n-r requirements.txt\n")
    expect(without.get("requirements.txt")).toBe("requests==2\n")
  })

  it("may lie where the sandbox cannot go", () => {
    const namesOf = (is: typeof isElsewhere) => sparesIn(texts).flatMap((spare) => (is(spare) ? [spare.name] : []))
    expect(namesOf(isElsewhere)).toEqual(["forked", "page", "archive"])
    expect(namesOf(isRepository)).toEqual(["forked", "page"])
  })

  it("is said as people know it", () => {
    expect(sparesIn(texts).map(describeSpare)).toEqual(
      expect.arrayContaining(["absent@^1.0.0 (devDependencies of package.json)", "pytest==8 (requirements-dev.txt)"]),
    )
  })

  it("is known by its name again", () => {
    for (const spare of sparesIn(texts)) expect(nameDescribed(describeSpare(spare))).toBe(spare.name)
    expect(nameDescribed("all that pyproject.toml asks for: pip ended with 1 (it was refused).")).toBeUndefined()
  })

  it("is not what is asked for to be used", () => {
    expect(askerOf(texts, "lodash")).toBe("dependencies of package.json")
    expect(askerOf(texts, "requests")).toBe("requirements.txt")
    expect(askerOf(texts, "nobody")).toBeUndefined()
  })
})
