import assert from "node:assert/strict"
import { test } from "node:test"
import { available, emptyStock, receive, release, reserve, ship } from "../src/stock.js"

const ten = receive(emptyStock(), "mug", 10)

test("nothing is available of an unknown article", () => {
  assert.equal(available(emptyStock(), "mug"), 0)
})

test("received units are available", () => {
  assert.equal(available(receive(ten, "mug", 5), "mug"), 15)
})

test("reserved units are not available any more", () => {
  assert.equal(available(reserve(ten, "mug", 4), "mug"), 6)
})

test("all that is left can be reserved", () => {
  assert.equal(available(reserve(ten, "mug", 10), "mug"), 0)
})

test("more than is left cannot be reserved", () => {
  assert.throws(() => reserve(ten, "mug", 11), /only 10 of mug left/)
})

test("shipping takes from both", () => {
  const stock = ship(reserve(ten, "mug", 4), "mug", 3)
  assert.deepEqual(stock.get("mug"), { onHand: 7, reserved: 1 })
})

test("only reserved units are shipped", () => {
  assert.throws(() => ship(ten, "mug", 1), /only 0 of mug reserved/)
})

test("half a unit cannot be received", () => {
  assert.throws(() => receive(ten, "mug", 0.5), RangeError)
})

test("a withdrawn promise makes units available again", () => {
  assert.equal(available(release(reserve(ten, "mug", 4), "mug", 4), "mug"), 10)
})
