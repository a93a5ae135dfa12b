import assert from "node:assert/strict"
import { test } from "node:test"
import { assertCents, format, percentOf } from "../src/money.js"

test("a percentage is rounded half up", () => {
  assert.equal(percentOf(1250, 5), 63)
  assert.equal(percentOf(1249, 5), 62)
})

test("amounts are shown with two decimals and thousands", () => {
  assert.equal(format(123450), "1,234.50 EUR")
  assert.equal(format(5), "0.05 EUR")
})

test("negative amounts keep their sign", () => {
  assert.equal(format(-990, "CHF"), "-9.90 CHF")
})

test("fractions of a cent are refused", () => {
  assert.throws(() => assertCents(12.5), RangeError)
})
