import { afterEach, beforeEach, expect, it } from "vitest"
import { __vitePreload } from "./fetch-part.ts"

/** This document fetches nothing; it says of each style what is set here. */
const stylesCanBeFetched = (yes: boolean) => {
  Object.assign(Reflect.get(window, "happyDOM").settings, { handleDisabledFileLoadingAsSuccess: yes })
}
const links = () => [...document.head.querySelectorAll("link")].map((link) => link.getAttribute("href"))
const load = async () => "there"

beforeEach(() => {
  stylesCanBeFetched(true)
  document.head.replaceChildren(document.createRange().createContextualFragment('<link rel="stylesheet" href="/first.css">'))
})
afterEach(() => {
  document.head.replaceChildren()
  stylesCanBeFetched(false)
})

it("brings a part's files once, and leaves the styles that the page came with where they are: their order decides", async () => {
  const files = ["first.css", "a.css", "a.js"]
  expect([await __vitePreload(load, files), await __vitePreload(load, files)]).toEqual(["there", "there"])
  expect(links()).toEqual(["/first.css", "/a.css", "/a.js"])
})

it("can be tried again when a style could not be fetched", async () => {
  stylesCanBeFetched(false)
  await expect(__vitePreload(load, ["b.css"])).rejects.toThrow("b.css cannot be fetched")
  stylesCanBeFetched(true)
  expect(await __vitePreload(load, ["b.css"])).toBe("there")
  expect(links()).toEqual(["/first.css", "/b.css"])
})
