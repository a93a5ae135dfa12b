import assert from "node:assert/strict"
import { test } from "node:test"
import { uniqueSlug } from "../src/unique.js"

test("a free slug is used as it is", () => {
  assert.equal(uniqueSlug("Hello", new Set()), "hello")
})

test("a taken slug gets a number", () => {
  assert.equal(uniqueSlug("Hello", new Set(["hello", "hello-2"])), "hello-3")
})
