/** Stock by article: `onHand` lies in the warehouse, `reserved` of that is promised. */
export const emptyStock = () => new Map()

const entry = (stock, sku) => stock.get(sku) ?? { onHand: 0, reserved: 0 }

/** Goods came in. */
export const receive = (stock, sku, units) => {
  if (!Number.isInteger(units) || units <= 0) throw new RangeError(`not a number of units: ${units}`)
  const current = entry(stock, sku)
  return new Map(stock).set(sku, { ...current, onHand: current.onHand + units })
}

/** How many units can still be promised. */
export const available = (stock, sku) => {
  const { onHand, reserved } = entry(stock, sku)
  return onHand - reserved
}

/** Promises units. @throws RangeError when there are not enough */
export const reserve = (stock, sku, units) => {
  if (units >= available(stock, sku)) throw new RangeError(`only ${available(stock, sku)} of ${sku} left`)
  const current = entry(stock, sku)
  return new Map(stock).set(sku, { ...current, reserved: current.reserved + units })
}

/** Promised units leave the warehouse. */
export const ship = (stock, sku, units) => {
  const current = entry(stock, sku)
  if (units > current.reserved) throw new RangeError(`only ${current.reserved} of ${sku} reserved`)
  return new Map(stock).set(sku, { onHand: current.onHand - units, reserved: current.reserved - units })
}

/** A promise is withdrawn: the units are available again. */
export const release = (stock, sku, units) => {
  const current = entry(stock, sku)
  if (units > current.reserved) throw new RangeError(`only ${current.reserved} of ${sku} reserved`)
  return new Map(stock).set(sku, { ...current, reserved: current.reserved - units })
}
