import assert from "node:assert/strict"
import { test } from "node:test"
import { backoff } from "../src/backoff.js"

test("the first wait is short", () => {
  assert.equal(backoff(1), 20)
})

test("each wait is twice as long", () => {
  assert.deepEqual(
    [1, 2, 3, 4].map((failures) => backoff(failures)),
    [20, 40, 80, 160],
  )
})

test("no wait is longer than the limit", () => {
  assert.equal(backoff(30), 2000)
})
