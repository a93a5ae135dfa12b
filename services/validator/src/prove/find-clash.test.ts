import { describe, expect, it } from "vitest"
import { findClash } from "./find-clash.ts"

const there = new Set(["a.js", "lib/b.js", "lib/deep/c.js", "link"])
const put = (path: string) => ({ path, content: new Uint8Array() })
const remove = (path: string) => ({ path, content: null })

describe("a new file", () => {
  it.each([
    ["beside others", [put("lib/new.js"), put("new/new.js"), put("libs")]],
    ["in the place of a directory that goes", [remove("lib/b.js"), remove("lib/deep/c.js"), put("lib")]],
    ["below what was a file and goes", [remove("a.js"), put("a.js/index.js")]],
    ["that is only new content of one that is there", [put("a.js"), put("link")]],
  ])("has a place %s", (_, changes) => {
    expect(findClash(changes, there)).toBeUndefined()
  })

  it.each([
    ["a directory", [put("lib")], { path: "lib", why: "it is a directory" }],
    ["a directory within", [put("lib/deep")], { path: "lib/deep", why: "it is a directory" }],
    ["a directory of which something stays", [remove("lib/b.js"), put("lib")], { path: "lib", why: "it is a directory" }],
    ["a file, below it", [put("a.js/b/c.js")], { path: "a.js/b/c.js", why: "a.js is a file" }],
    ["a link, below it", [put("link/b.js")], { path: "link/b.js", why: "link is a file" }],
    ["another new file, below it", [put("new"), put("new/b.js")], { path: "new/b.js", why: "new is a file" }],
  ])("takes no place of %s", (_, changes, clash) => {
    expect(findClash(changes, there)).toEqual(clash)
  })
})
