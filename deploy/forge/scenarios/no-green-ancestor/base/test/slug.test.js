import assert from "node:assert/strict"
import { test } from "node:test"
import { slug } from "../src/slug.js"

test("words are joined by hyphens", () => {
  assert.equal(slug("Hello, World!"), "hello-world")
})

test("umlauts are spelled out", () => {
  assert.equal(slug("Größe für Mädchen"), "groesse-fuer-maedchen")
})

test("accents are dropped", () => {
  assert.equal(slug("Crème brûlée"), "creme-brulee")
})

test("long titles are cut between words", () => {
  assert.equal(slug("one two three four", 12), "one-two")
})

test("a title without letters gives an empty slug", () => {
  assert.equal(slug("!?"), "")
})
