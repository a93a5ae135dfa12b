import { expect, it } from "vitest"
import { lendInTurn } from "./lend-in-turn.ts"

/** Uses that go on until they are told to end, and what each was lent. */
const uses = (lent: ReturnType<typeof lendInTurn<string>>) => {
  const got: Array<string> = []
  const begin = (name: string) => {
    const over = Promise.withResolvers<void>()
    const used = lent.use((one) => {
      got.push(`${name}: ${one}`)
      return over.promise
    })
    return { used, end: () => Promise.resolve(over.resolve()).then(() => used) }
  }
  return { got, begin }
}

it("lends the first that is free, and what comes back to whoever waits longest", async () => {
  const { got, begin } = uses(lendInTurn(["a", "b"]))
  await begin("alone").end()
  const [one, two, three, four] = [begin("one"), begin("two"), begin("three"), begin("four")]
  await two.end()
  await one.end()
  await Promise.all([three.end(), four.end()])
  await begin("last").end()
  expect(got).toEqual(["alone: a", "one: a", "two: b", "three: b", "four: a", "last: a"])
})

it("lends no more of what was replaced, and lets those wait no longer who are refused", async () => {
  const lent = lendInTurn(["old"])
  const { got, begin } = uses(lent)
  const one = begin("one")
  const refused = begin("refused")
  lent.refuse("away")
  await expect(refused.used).rejects.toBe("away")
  const two = begin("two")
  lent.replace(["new"])
  const three = begin("three")
  await one.end()
  await two.end()
  await three.end()
  expect(got).toEqual(["one: old", "two: new", "three: new"])
})
