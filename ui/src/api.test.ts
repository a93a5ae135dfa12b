import { afterEach, describe, expect, it, vi } from "vitest"
import { makeApi } from "./api.ts"

const refused = (status: number, code: string) => Response.json({ error: { code, message: "no" } }, { status })
const done = Response.json({ ok: true })

/** A session whose proof is `known` until it is asked for again, which gives `fresh`; the server answers in turn. */
const apiOf = (
  { known, fresh = known }: { readonly known: string | null; readonly fresh?: string | null },
  ...answers: ReadonlyArray<Response>
) => {
  const left = [...answers]
  const shown: Array<string | null> = []
  let csrf = known
  vi.stubGlobal("fetch", async (_path: string, { headers }: RequestInit) => {
    shown.push(new Headers(headers).get("x-csrf-token"))
    return left.shift() ?? Promise.reject(new TypeError("refused"))
  })
  const renew = vi.fn(async () => {
    csrf = fresh
    return fresh !== known
  })
  const onSignedOut = vi.fn()
  return { api: makeApi({ csrf: () => csrf, renew, onSignedOut }), shown, renew, onSignedOut }
}

afterEach(() => void vi.unstubAllGlobals())

describe("a change that the server takes for another page's", () => {
  it("is sent once more when somebody signed in again in another tab: with the new session's proof", async () => {
    const { api, shown } = apiOf({ known: "old", fresh: "new" }, refused(403, "forbidden"), done)
    expect(await api.ask("/v1/x", { method: "POST", body: {} })).toEqual({ ok: true })
    expect(shown).toEqual(["old", "new"])
  })

  it("is refused for good when the session is the one that was known", async () => {
    const { api, shown } = apiOf({ known: "same" }, refused(403, "forbidden"), done)
    await expect(api.ask("/v1/x", { method: "POST" })).rejects.toMatchObject({ status: 403 })
    expect(shown).toEqual(["same"])
  })

  it("is sent no third time", async () => {
    const { api, shown } = apiOf({ known: "old", fresh: "new" }, refused(403, "forbidden"), refused(403, "forbidden"), done)
    await expect(api.ask("/v1/x", { method: "POST" })).rejects.toMatchObject({ status: 403 })
    expect(shown).toEqual(["old", "new"])
  })

  it("says what was wrong when nobody can say who is signed in", async () => {
    const { api, renew } = apiOf({ known: "old" }, refused(403, "forbidden"))
    renew.mockRejectedValue(new Error("away"))
    await expect(api.ask("/v1/x", { method: "DELETE" })).rejects.toMatchObject({ status: 403, code: "forbidden" })
  })
})

it("shows no proof where it only reads, and asks for none", async () => {
  const { api, shown, renew } = apiOf({ known: "old", fresh: "new" }, refused(403, "forbidden"))
  await expect(api.ask("/v1/x")).rejects.toMatchObject({ status: 403 })
  expect([shown, renew.mock.calls.length]).toEqual([[null], 0])
})

it("does not take what an earlier session was refused for the end of this one", async () => {
  const late = Promise.withResolvers<Response>()
  let csrf: string | null = null
  vi.stubGlobal("fetch", () => late.promise)
  const onSignedOut = vi.fn()
  const asked = makeApi({ csrf: () => csrf, renew: async () => false, onSignedOut }).ask("/v1/x")
  csrf = "signed in meanwhile"
  late.resolve(refused(401, "unauthorized"))
  await expect(asked).rejects.toMatchObject({ status: 401 })
  expect(onSignedOut).not.toHaveBeenCalled()
})

it("says when the session is over", async () => {
  const { api, onSignedOut } = apiOf({ known: "old" }, refused(401, "unauthorized"))
  await expect(api.ask("/v1/x")).rejects.toMatchObject({ status: 401 })
  expect(onSignedOut).toHaveBeenCalledTimes(1)
})
