/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are expressions of GitHub. */
import { describe, expect, it } from "vitest"
import { expandMatrix } from "./expand-matrix.ts"

describe("a matrix", () => {
  it("is one empty combination when there is none", () => expect(expandMatrix(undefined)).toEqual([{}]))

  it("is every combination of its axes", () => {
    expect(expandMatrix({ os: ["linux", "windows"], node: [20, 22] })).toEqual([
      { os: "linux", node: 20 },
      { os: "linux", node: 22 },
      { os: "windows", node: 20 },
      { os: "windows", node: 22 },
    ])
  })

  it("loses what is excluded and gains what is included", () => {
    const matrix = {
      fruit: ["apple", "pear"],
      animal: ["cat", "dog"],
      exclude: [{ fruit: "pear", animal: "dog" }],
      include: [{ color: "green" }, { color: "pink", animal: "cat" }, { fruit: "banana" }],
    }
    expect(expandMatrix(matrix)).toEqual([
      { fruit: "apple", animal: "cat", color: "pink" },
      { fruit: "apple", animal: "dog", color: "green" },
      { fruit: "pear", animal: "cat", color: "pink" },
      { fruit: "banana" },
    ])
  })

  it("may consist of what is included alone", () => {
    expect(expandMatrix({ include: [{ node: 20, flag: "a" }, { node: 22 }] })).toEqual([{ node: 20, flag: "a" }, { node: 22 }])
  })

  it("names nested values by their path", () => {
    expect(expandMatrix({ target: [{ os: "linux", arch: "x64" }] })).toEqual([{ "target.os": "linux", "target.arch": "x64" }])
  })

  it("is not known when an expression computes it", () => {
    expect(expandMatrix("${{ fromJSON(needs.x.outputs.m) }}")).toBeUndefined()
    expect(expandMatrix({ node: "${{ fromJSON(inputs.nodes) }}" })).toBeUndefined()
  })

  it("stays bounded", () => {
    const axis = Array.from({ length: 100 }, (_, index) => index)
    expect(expandMatrix({ a: axis, b: axis, c: axis })?.length).toBe(256)
  })
})
