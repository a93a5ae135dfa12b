import { discountsOf, lineValue } from "./discounts.js"
import { assertCents, format } from "./money.js"
import { shipping } from "./shipping.js"

/** Everything an invoice shows: goods, discounts, shipping, total. */
export const price = (cart) => {
  for (const line of cart.lines) assertCents(line.unitPrice)
  const goods = cart.lines.reduce((sum, line) => sum + lineValue(line), 0)
  const discounts = discountsOf(cart)
  const reduced = goods - discounts.volume - discounts.loyalty - discounts.coupon
  const delivery = cart.lines.length === 0 ? 0 : shipping(cart.country, reduced)
  return { goods, discounts, shipping: delivery, total: reduced + delivery }
}

export const total = (cart) => price(cart).total

/** "Total: 118.75 EUR" */
export const summary = (cart) => `Total: ${format(total(cart))}`
