import { describe, expect, it } from "vitest"
import { goPlan, isGoManifest, needsGoModules } from "./go-modules.ts"

const needs = (files: Record<string, string>) => needsGoModules(Object.keys(files), (path) => files[path] ?? "")
const app = "module example.com/app\n\ngo 1.18\n"

describe("a Go project", () => {
  it.each<[boolean, string, Record<string, string>]>([
    [false, "nothing", { "go.mod": app }],
    [true, "a module", { "go.mod": `${app}\nrequire example.com/greet v1.0.0\n` }],
    [true, "several", { "go.mod": `${app}\nrequire (\n\texample.com/greet v1.0.0\n)\n` }],
    [true, "one, one directory below", { "api/go.mod": `${app}\nrequire example.com/greet v1.0.0\n` }],
    [false, "what it brings along", { "go.mod": `${app}\nrequire example.com/greet v1.0.0\n`, "vendor/modules.txt": "" }],
    [false, "what only its tests' data asks for", { "testdata/go.mod": `${app}\nrequire example.com/greet v1.0.0\n` }],
  ])("needs (%s) %s", (expected, _, files) => expect(needs(files)).toBe(expected))

  it("gives its manifests to the installation", () => {
    const paths = ["go.mod", "go.sum", "go.work", "go.work.sum", "api/go.mod", "vendor/a/go.mod", "a'b/go.mod", "main.go", ".netrc"]
    expect(paths.filter(isGoManifest)).toEqual(["go.mod", "go.sum", "go.work", "go.work.sum", "api/go.mod"])
  })

  it("must have the modules of its root; what another directory lacks shows there", () => {
    const run = (...files: ReadonlyArray<string>) => goPlan(files, "http://127.0.0.1:4873/~0/").fetch[0]?.run
    expect(run("tools/go.mod", "go.mod")).toBe(
      `(cd '.' && go mod download) && { (cd 'tools' && go mod download) || echo "not fetched: tools"; }`,
    )
    expect(run("api/go.mod")).toBe("(cd 'api' && go mod download)")
  })
})
