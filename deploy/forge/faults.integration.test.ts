import { afterAll, beforeEach, expect, test } from "vitest"
import { type FaultKind, faultKinds } from "./http/faults.ts"
import { startSample } from "./sample.ts"

const sample = await startSample()
const { forge } = sample
afterAll(() => sample[Symbol.asyncDispose]())
beforeEach(() => forge.clearFaults())

const route = "POST /repos/{owner}/{repo}/git/refs"
let branches = 0

/** Creates a branch while a fault waits for it; tells what the client saw and whether the branch is there. */
const createBranch = async (kind: FaultKind) => {
  const { main = "" } = await forge.branches({ repository: "acme/sums" })
  branches += 1
  const name = `branch-${branches}`
  await forge.setFault({ route, kind, afterMs: 50, retryAfterSeconds: 7 })
  const request = fetch(`${forge.apiUrl}/repos/acme/sums/git/refs`, {
    method: "POST",
    headers: { authorization: `Bearer ${forge.token}`, connection: "close" },
    body: JSON.stringify({ ref: `refs/heads/${name}`, sha: main }),
  })
  const seen = await request.then(
    async (answer) => ({ status: answer.status, headers: answer.headers, text: await answer.text() }),
    () => ({ status: 0, headers: new Headers(), text: "" }),
  )
  return { ...seen, happened: name in (await forge.branches({ repository: "acme/sums" })) }
}

test.each([
  ["bad-gateway", 502, false],
  ["bad-gateway-after", 502, true],
  ["reset-before", 0, false],
  ["reset-after", 0, true],
  ["secondary-limit", 403, false],
  ["primary-limit", 403, false],
  ["unauthorized", 401, false],
  ["garbage", 200, false],
  ["slow", 201, true],
] as const)("%s: the client sees %i, and the effect happened: %s", async (kind, status, happened) => {
  const seen = await createBranch(kind)
  expect(seen).toMatchObject({ status, happened })
  expect(await forge.pendingFaults()).toEqual([])
  if (kind === "secondary-limit") expect(seen.headers.get("retry-after")).toBe("7")
  if (kind === "primary-limit") expect(seen.headers.get("x-ratelimit-remaining")).toBe("0")
})

test("every kind of fault is tried above", () => {
  expect(faultKinds).toHaveLength(9)
})

test("the request log tells which fault struck which route", async () => {
  await createBranch("reset-before")
  const last = (await forge.requests()).at(-1)
  expect(last).toMatchObject({ route, fault: "reset-before", status: 0 })
})

test("git and log downloads can fail, too", async () => {
  const routes = await forge.routes()
  for (const one of ["GET /{owner}/{repo}.git/info/refs", "POST /{owner}/{repo}.git/git-upload-pack", "GET /_logs/job/{job_id}"]) {
    expect(routes).toContain(one)
  }
  await forge.setFault({ route: "GET /{owner}/{repo}.git/info/refs", kind: "bad-gateway" })
  expect((await fetch(`${forge.url}/acme/sums.git/info/refs?service=git-upload-pack`)).status).toBe(502)
  expect((await fetch(`${forge.url}/acme/sums.git/info/refs?service=git-upload-pack`)).status).toBe(200)
})

test("two clients that create the same pull request at once: one gets it, the other is told there is one", async () => {
  await forge.push({ repository: "acme/sums", branch: "race", files: { "sum.txt": "1 + 1 = 2\n" }, message: "Race" })
  const open = () =>
    fetch(`${forge.apiUrl}/repos/acme/sums/pulls`, {
      method: "POST",
      headers: { authorization: `Bearer ${forge.token}` },
      body: JSON.stringify({ title: "Race", head: "race", base: "main" }),
    }).then((answer) => answer.status)
  expect((await Promise.all([open(), open(), open()])).sort()).toEqual([201, 422, 422])
})
