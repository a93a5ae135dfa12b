import { gunzipSync } from "node:zlib"
import { expect, it } from "vitest"
import { compressPage } from "./compress-page.ts"

const secret = "0123456789abcdef".repeat(4).split("").toReversed().join("")
const pageWith = (csrf: string, guess: string) => `<title>ci</title>${"<p>a run</p>".repeat(500)}{"csrf":"${csrf}"}{"title":"${guess}"}`

it("is the page, much smaller", async () => {
  const page = pageWith(secret, "ünï › grün")
  const compressed = await compressPage(page, secret)
  expect(gunzipSync(compressed).toString()).toBe(page)
  expect(compressed.length).toBeLessThan(page.length / 10)
  expect(gunzipSync(await compressPage(page, undefined)).toString()).toBe(page)
})

it("is as long whether or not a text in it guesses the secret", async () => {
  const other = secret.split("").toReversed().join("")
  const lengths = [secret, other].map(async (guess) => (await compressPage(pageWith(secret, guess), secret)).length)
  const plain = [secret, other].map(async (guess) => (await compressPage(pageWith(secret, guess), undefined)).length)
  const [right, wrong] = await Promise.all(lengths)
  expect(right).toBe(wrong)
  // What it would say of the secret otherwise.
  const [told, untold] = await Promise.all(plain)
  expect(told).toBeLessThan(untold ?? 0)
})
