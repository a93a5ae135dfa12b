import { fireEvent, render, screen } from "@testing-library/svelte"
import { afterEach, describe, expect, it, vi } from "vitest"
import { dashboard } from "../dashboard.svelte.ts"
import SignIn from "./SignIn.svelte"

const nobody = { required: true, signedIn: false, reviewer: null, csrf: null }
const ada = { required: true, signedIn: true, reviewer: "Ada", csrf: "c" }
const refused = (status: number) => Response.json({ error: { code: "unauthorized", message: "no" } }, { status })

/** The api answers in turn; what it was told is remembered. */
const serve = (...answers: ReadonlyArray<Response>) => {
  const left = [...answers]
  const told: Array<unknown> = []
  vi.stubGlobal("fetch", async (_path: string, { body }: RequestInit) => {
    told.push(typeof body === "string" ? JSON.parse(body) : body)
    return left.shift() ?? Promise.reject(new TypeError("refused"))
  })
  return told
}
const offer = async (name: string, token: string) => {
  await fireEvent.input(screen.getByLabelText(/your name/iu), { target: { value: name } })
  await fireEvent.input(screen.getByLabelText(/token/iu), { target: { value: token } })
  await fireEvent.click(screen.getByRole("button", { name: "Sign in" }))
}

afterEach(() => {
  vi.unstubAllGlobals()
  localStorage.clear()
})

describe("signing in", () => {
  it("tells the api the token and who decides, and remembers only the name", async () => {
    dashboard.session = nobody
    const told = serve(Response.json(ada))
    render(SignIn)
    await offer("  Ada ", "s3cret")
    await expect.poll(() => dashboard.mustSignIn).toBe(false)
    expect(told).toEqual([{ token: "s3cret", reviewer: "Ada" }])
    expect(JSON.stringify({ ...localStorage })).toContain("Ada")
    expect(JSON.stringify({ ...localStorage })).not.toContain("s3cret")
  })

  it.each([
    [refused(401), /not the token/iu],
    [refused(429), /too many tries/iu],
    [undefined, /cannot be reached/iu],
  ])("says what is wrong, with the token at hand to be corrected", async (answer, words) => {
    dashboard.session = nobody
    serve(...(answer === undefined ? [] : [answer]))
    render(SignIn)
    await offer("Ada", "wrong")
    await expect.poll(() => screen.getByRole("alert").textContent).toMatch(words)
    expect(document.activeElement).toBe(screen.getByLabelText(/token/iu))
    expect(dashboard.mustSignIn).toBe(true)
  })
})
