import { describe, expect, it } from "vitest"
import { makeAllowed } from "./allowed-repositories.ts"

describe("allowed repositories", () => {
  it("are all when nothing is said", () => {
    expect(makeAllowed([])("any/thing")).toBe(true)
  })

  it.each([
    ["acme/*", "acme/widgets", true],
    ["acme/*", "Acme/Widgets", true],
    ["acme/*", "acme/group/widgets", false],
    ["acme/**", "acme/group/widgets", true],
    ["acme/web-*", "acme/web-shop", true],
    ["acme/web-*", "acme/api", false],
    ["acme/widgets", "evil/acme/widgets", false],
    ["acme/widgets", "acme/widgets2", false],
    ["acme/wid.ets", "acme/widgets", false],
    ["(a+)+/x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/y", false],
  ])("%s and %s: %s", (glob, repository, allowed) => {
    expect(makeAllowed([glob])(repository)).toBe(allowed)
  })

  it("are those of any glob", () => {
    expect(makeAllowed(["a/b", "c/*"])("c/d")).toBe(true)
  })
})
