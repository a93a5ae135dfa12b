/** A percentage of an amount, rounded half up to whole cents. */
export const percentOf = (cents, percent) => Math.floor((cents * percent) / 100 + 0.5)

/** "1,234.50 EUR": thousands separated, always two decimals. */
export const format = (cents, currency = "EUR") => {
  const sign = cents < 0 ? "-" : ""
  const absolute = Math.abs(cents)
  const whole = String(Math.floor(absolute / 100)).replace(/\B(?=(\d{3})+$)/g, ",")
  return `${sign}${whole}.${String(absolute % 100).padStart(2, "0")} ${currency}`
}

/** @throws RangeError when an amount is not a whole number of cents */
export const assertCents = (cents) => {
  if (!Number.isInteger(cents)) throw new RangeError(`not a whole number of cents: ${cents}`)
  return cents
}
