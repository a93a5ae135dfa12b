import { expect, test } from "vitest"
import { links, pageOf } from "./pages.ts"

const url = (query: string) => new URL(`http://forge.test/api/v3/repos/a/b/pulls${query}`)
const items = Array.from({ length: 65 }, (_, index) => index)

test("thirty items unless told, a hundred at most", () => {
  expect(pageOf(url(""), items).items).toHaveLength(30)
  expect(pageOf(url("?per_page=1000"), [...items, ...items]).items).toHaveLength(100)
})

test("the last page holds the rest, pages after it nothing", () => {
  expect(pageOf(url("?page=3"), items).items).toEqual([60, 61, 62, 63, 64])
  expect(pageOf(url("?page=4"), items).items).toEqual([])
})

test("nonsense counts as the default", () => {
  expect(pageOf(url("?page=-1&per_page=x"), items).items[0]).toBe(0)
  expect(pageOf(url("?per_page=0"), items).items).toHaveLength(1)
})

test("one page needs no links", () => {
  expect(pageOf(url("?per_page=100"), items).headers).toEqual({})
})

test("links keep the query and say where to go on", () => {
  const link = links(url("?state=all&page=2"), 2, 3)
  expect(link).toContain('<http://forge.test/api/v3/repos/a/b/pulls?state=all&page=1>; rel="prev"')
  expect(link).toContain('page=3>; rel="next"')
  expect(link).toContain('page=3>; rel="last"')
  expect(link).toContain('page=1>; rel="first"')
  expect(links(url("?page=3"), 3, 3)).not.toContain("next")
})
