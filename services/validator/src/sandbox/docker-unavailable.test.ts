import { expect, it } from "vitest"
import { dockerUnavailable } from "./docker-unavailable.ts"

it.each([
  ["no socket", { code: "ENOENT", message: "connect ENOENT" }, /does not answer.*Start Docker/su],
  ["no right to it", { code: "EACCES", message: "connect EACCES" }, /does not answer/u],
  ["a missing image", { statusCode: 404, message: "No such image: x" }, /image image:1 is not there.*npm run images/su],
  ["a refusal", { statusCode: 400, message: "unknown runtime" }, /Docker refused: unknown runtime/u],
  ["a broken connection", new Error("socket hang up"), /broke off: socket hang up/u],
  ["garbage", "what?", /broke off: what\?/u],
])("says what %s means and what to do", (_, cause, expected) => {
  const failure = dockerUnavailable(cause, "image:1")
  expect(failure._tag).toBe("SandboxUnavailable")
  expect(failure.message).toMatch(expected)
  expect(failure.remedy.length).toBeGreaterThan(20)
})
