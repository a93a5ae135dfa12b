import assert from "node:assert/strict"
import { test } from "node:test"
import { backoff, schedule } from "../src/backoff.js"

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

test("the schedule lists one wait less than there are tries", () => {
  assert.deepEqual(schedule(3), [20, 40])
})
