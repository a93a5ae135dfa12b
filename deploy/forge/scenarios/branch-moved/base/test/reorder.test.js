import assert from "node:assert/strict"
import { test } from "node:test"
import { toReorder } from "../src/reorder.js"
import { emptyStock, receive, reserve } from "../src/stock.js"

test("scarce articles are listed, scarcest first", () => {
  let stock = receive(emptyStock(), "mug", 3)
  stock = receive(stock, "pen", 50)
  stock = receive(stock, "bag", 5)
  stock = reserve(stock, "bag", 4)
  assert.deepEqual(toReorder(stock, 10), [
    { sku: "bag", left: 1 },
    { sku: "mug", left: 3 },
  ])
})

test("nothing is listed when there is enough of everything", () => {
  assert.deepEqual(toReorder(receive(emptyStock(), "mug", 10), 10), [])
})
