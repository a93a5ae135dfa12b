import { expect, test } from "vitest"
import { bySpecificity, pattern } from "./match.ts"

test("parameters are what stands between slashes, unescaped", () => {
  const { match } = pattern("/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}")
  expect(match("/repos/acme/shop/issues/7/labels/needs%20work")).toEqual({
    owner: "acme",
    repo: "shop",
    issue_number: "7",
    name: "needs work",
  })
  expect(match("/repos/acme/shop/issues/7/labels")).toBeUndefined()
  expect(match("/repos/acme/shop/issues/7/labels/a/b")).toBeUndefined()
})

test("a ref may hold slashes, escaped or not", () => {
  const { match } = pattern("/repos/{owner}/{repo}/git/ref/{ref}")
  expect(match("/repos/a/b/git/ref/heads/fix/1")?.["ref"]).toBe("heads/fix/1")
  expect(match("/repos/a/b/git/ref/heads%2Ffix%2F1")?.["ref"]).toBe("heads/fix/1")
})

test("the root of the contents is found with and without a slash", () => {
  const { match } = pattern("/repos/{owner}/{repo}/contents/{path}")
  expect(match("/repos/a/b/contents")?.["path"]).toBe("")
  expect(match("/repos/a/b/contents/")?.["path"]).toBe("")
  expect(match("/repos/a/b/contents/src/x.ts")?.["path"]).toBe("src/x.ts")
})

test("dots of a template are dots", () => {
  const { match } = pattern("/{owner}/{repo}.git/info/refs")
  expect(match("/acme/shop.git/info/refs")).toEqual({ owner: "acme", repo: "shop" })
  expect(match("/acme/shopxgit/info/refs")).toBeUndefined()
})

test("broken escapes match nothing", () => {
  expect(pattern("/{name}").match("/%E0%A4%A")).toBeUndefined()
})

test("literal segments come before parameters", () => {
  const routes = [{ path: "/commits/{ref}" }, { path: "/commits/{ref}/status" }, { path: "/actions/runs" }]
  expect(bySpecificity(routes).map((route) => route.path)).toEqual(["/commits/{ref}/status", "/actions/runs", "/commits/{ref}"])
})
