import { percentOf } from "./money.js"

/** Volume tiers, best first: from how many units of one article which percentage is taken off. */
const volumeTiers = [
  { from: 100, percent: 15 },
  { from: 50, percent: 10 },
  { from: 10, percent: 5 },
]

/** What a line costs before any discount. */
export const lineValue = (line) => line.unitPrice * line.quantity

/** What is taken off a line because many units of one article are bought. */
export const volumeDiscount = (line) => {
  const tier = volumeTiers.find(({ from }) => line.quantity > from)
  return tier === undefined ? 0 : percentOf(lineValue(line), tier.percent)
}

/** The volume discounts of all lines. */
export const volumeDiscounts = (lines) => lines.reduce((sum, line) => sum + volumeDiscount(line), 0)

/** What a coupon takes off: a fixed amount, but never more than the goods are worth. */
export const couponDiscount = (coupon, goods) => {
  if (coupon === undefined) return 0
  if (coupon.expires !== undefined && coupon.expires < coupon.today) return 0
  return Math.min(coupon.amount, goods)
}

/** Percentages by the customer's level. */
const loyaltyLevels = { silver: 2, gold: 4 }

/** What is taken off for a loyal customer; unknown levels get nothing. */
export const loyaltyDiscount = (customer, goods) => percentOf(goods, loyaltyLevels[customer?.level] ?? 0)

/** All discounts of a cart, by name, so that an invoice can list them. */
export const discountsOf = (cart) => {
  const goods = cart.lines.reduce((sum, line) => sum + lineValue(line), 0)
  const volume = volumeDiscounts(cart.lines)
  const loyalty = loyaltyDiscount(cart.customer, goods - volume)
  const coupon = couponDiscount(cart.coupon, goods - volume - loyalty)
  return { volume, loyalty, coupon }
}
