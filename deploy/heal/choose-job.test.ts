import { describe, expect, it } from "vitest"
import { chooseJob } from "./choose-job.ts"

const workflow = (jobs: object) => JSON.stringify({ on: "push", jobs })
const unit = { "runs-on": "ubuntu-latest", steps: [{ uses: "actions/checkout@v4" }, { run: "npm test" }] }

describe("the job that a local repository is tested by", () => {
  it("is the first that runs tests itself", () => {
    const text = workflow({ lint: { steps: [{ run: "eslint ." }] }, unit, other: unit })
    expect(chooseJob([{ path: ".github/workflows/x.yml", text }])).toEqual({ path: ".github/workflows/x.yml", job: "unit" })
  })

  it("is looked for in the usual workflow first", () => {
    const [path, text] = [".github/workflows/ci.yml", workflow({ unit })]
    expect(
      chooseJob([
        { path: ".github/workflows/a.yml", text },
        { path, text },
      ])?.path,
    ).toBe(path)
  })

  it.each([
    ["a reusable workflow", workflow({ test: { uses: "acme/workflows/.github/workflows/test.yml@v1" } })],
    ["no test", workflow({ publish: { steps: [{ run: "npm publish" }] } })],
    ["no workflow", "[]"],
    ["no YAML", "jobs: [unclosed"],
  ])("is not in %s", (_, text) => expect(chooseJob([{ path: ".github/workflows/ci.yml", text }])).toBeUndefined())
})
