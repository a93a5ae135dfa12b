import assert from "node:assert/strict"
import { test } from "node:test"
import { deliver, drain } from "../src/queue.js"

const failing = (times) => {
  let left = times
  return async (message) => {
    if (left > 0) {
      left -= 1
      throw new Error("421 try again later")
    }
    return `accepted ${message}`
  }
}

test("a message that gets through at once is tried once", async () => {
  assert.deepEqual(await deliver("hello", failing(0)), { tries: 1, receipt: "accepted hello" })
})

test("a message is tried again after a failure", async () => {
  assert.equal((await deliver("hello", failing(2))).tries, 3)
})

test("the second try comes soon", async () => {
  const started = performance.now()
  await deliver("hello", failing(1))
  const took = performance.now() - started
  assert.ok(took < 1000, `the second try took ${Math.round(took)} ms`)
})

test("after five tries the error is given to the caller", async () => {
  await assert.rejects(deliver("hello", failing(5)), /421/)
})

test("one lost message does not stop the others", async () => {
  const failed = await drain(["a", "b"], failing(5))
  assert.deepEqual(failed, [{ message: "a", reason: "421 try again later" }])
})
