import { available } from "./stock.js"

/** Articles of which fewer than `minimum` units can be promised, scarcest first. */
export const toReorder = (stock, minimum) =>
  [...stock.keys()]
    .map((sku) => ({ sku, left: available(stock, sku) }))
    .filter(({ left }) => left < minimum)
    .sort((a, b) => a.left - b.left || a.sku.localeCompare(b.sku))
