import assert from "node:assert/strict"
import { test } from "node:test"
import { couponDiscount, discountsOf, loyaltyDiscount, volumeDiscount } from "../src/discounts.js"

const line = (quantity, unitPrice = 1000) => ({ sku: "mug", unitPrice, quantity })

test("few units get no volume discount", () => {
  assert.equal(volumeDiscount(line(9)), 0)
})

test("a volume tier starts with its first unit", () => {
  assert.equal(volumeDiscount(line(10)), 500)
  assert.equal(volumeDiscount(line(50)), 5000)
  assert.equal(volumeDiscount(line(100)), 15000)
})

test("between two tiers the lower one counts", () => {
  assert.equal(volumeDiscount(line(49)), 2450)
})

test("a coupon never takes more than the goods are worth", () => {
  assert.equal(couponDiscount({ amount: 2000 }, 1500), 1500)
})

test("an expired coupon takes nothing", () => {
  assert.equal(couponDiscount({ amount: 500, expires: "2026-01-31", today: "2026-02-01" }, 5000), 0)
})

test("the coupon is applied to what the volume discount left", () => {
  const cart = { lines: [line(20, 100)], coupon: { amount: 5000 } }
  assert.deepEqual(discountsOf(cart), { volume: 100, loyalty: 0, coupon: 1900 })
})

test("loyal customers get a percentage by their level", () => {
  assert.equal(loyaltyDiscount({ level: "silver" }, 10000), 200)
  assert.equal(loyaltyDiscount({ level: "gold" }, 10000), 400)
})

test("customers without a level, or with one we do not know, get nothing", () => {
  assert.equal(loyaltyDiscount(undefined, 10000), 0)
  assert.equal(loyaltyDiscount({ level: "platinum" }, 10000), 0)
})
