import assert from "node:assert/strict"
import { test } from "node:test"
import { price, summary, total, wrapping } from "../src/cart.js"

test("an empty cart costs nothing", () => {
  assert.equal(total({ lines: [], country: "DE" }), 0)
})

test("small orders pay shipping", () => {
  assert.equal(total({ lines: [{ sku: "mug", unitPrice: 1250, quantity: 2 }], country: "DE" }), 2990)
})

test("shipping is free from 50.00 at home, after discounts", () => {
  assert.equal(price({ lines: [{ sku: "mug", unitPrice: 1250, quantity: 4 }], country: "DE" }).shipping, 0)
  assert.equal(price({ lines: [{ sku: "pen", unitPrice: 500, quantity: 10 }], country: "DE" }).shipping, 490)
})

test("abroad shipping is never free", () => {
  assert.equal(price({ lines: [{ sku: "mug", unitPrice: 9000, quantity: 1 }], country: "CH" }).shipping, 1490)
})

test("there are countries nothing is shipped to", () => {
  assert.throws(() => total({ lines: [{ sku: "mug", unitPrice: 1250, quantity: 1 }], country: "AQ" }), /no shipping to AQ/)
})

test("the summary shows the total", () => {
  assert.equal(summary({ lines: [{ sku: "mug", unitPrice: 1250, quantity: 10 }], country: "DE" }), "Total: 118.75 EUR")
})

test("gifts are wrapped per line", () => {
  const lines = [
    { sku: "mug", unitPrice: 1250, quantity: 3 },
    { sku: "pen", unitPrice: 500, quantity: 1 },
  ]
  assert.equal(wrapping({ lines, gift: true }), 700)
  assert.equal(wrapping({ lines }), 0)
})
