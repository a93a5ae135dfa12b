import { expect, test } from "vitest"
import { makeFaults, suffer } from "./faults.ts"

test("a fault strikes its route as often as told, after the good ones", () => {
  const faults = makeFaults()
  faults.set({ route: "GET /a", kind: "bad-gateway", times: 2, skip: 1 })
  const struck = ["GET /a", "GET /b", "GET /a", "GET /a", "GET /a"].map((route) => faults.take(route)?.kind)
  expect(struck).toEqual([undefined, undefined, "bad-gateway", "bad-gateway", undefined])
  expect(faults.pending()).toEqual([])
})

test("a star strikes any route", () => {
  const faults = makeFaults()
  faults.set({ route: "*", kind: "garbage" })
  expect(faults.take("GET /a")?.kind).toBe("garbage")
  expect(faults.take("GET /a")).toBeUndefined()
})

test("clearing takes the rest away", () => {
  const faults = makeFaults()
  faults.set({ route: "GET /a", kind: "slow", times: 3 })
  expect(faults.pending()).toHaveLength(1)
  faults.clear()
  expect(faults.take("GET /a")).toBeUndefined()
})

test.each([
  ["bad-gateway", 0],
  ["bad-gateway-after", 1],
  ["reset-before", 0],
  ["reset-after", 1],
  ["secondary-limit", 0],
  ["primary-limit", 0],
  ["unauthorized", 0],
  ["garbage", 0],
  ["slow", 1],
] as const)("%s lets the effect happen %i times", async (kind, times) => {
  let effects = 0
  const effect = async () => {
    effects += 1
    return new Response("done")
  }
  const answer = await suffer({ route: "*", kind, afterMs: 1 }, 0, effect)
  expect(effects).toBe(times)
  if (kind === "slow") expect(await answer.text()).toBe("done")
})

test("a primary limit tells when it ends", async () => {
  const answer = await suffer({ route: "*", kind: "primary-limit", retryAfterSeconds: 3 }, 10_000, async () => new Response())
  expect(answer.status).toBe(403)
  expect(answer.headers.get("x-ratelimit-remaining")).toBe("0")
  expect(answer.headers.get("x-ratelimit-reset")).toBe("13")
})
