const home = "DE"
const freeFrom = 5000

const rates = { DE: 490, AT: 890, CH: 1490 }

/** What shipping costs; the home country ships free from 50.00. Countries without a rate cannot be shipped to. */
export const shipping = (country, goods) => {
  const rate = rates[country]
  if (rate === undefined) throw new RangeError(`no shipping to ${country}`)
  return country === home && goods >= freeFrom ? 0 : rate
}
