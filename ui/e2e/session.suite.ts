import { createServer } from "node:http"
import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { healed } from "./projects.ts"
import { rowsOf } from "./run-list.ts"
import { offer, signIn } from "./sign-in.ts"
import type { World } from "./world.ts"

/** A page of another site on this machine: same host, another port, so the browser sends the cookie along. */
const otherSite = async (body: string) => {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(body))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() }
}

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

const statusOf = (page: Page, path: string, init: Sent) =>
  page.evaluate(async ({ to, options }) => (await fetch(to, options)).status, { to: path, options: init })

const abort = (runId: string) => `/v1/ci-healing/runs/${runId}/actions/abort`
const json = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ reviewer: "mallory" }) }

/** The cookie and the page's own token, sent from another site: what a browser would send there if it had both. */
const withEverythingBut = async (page: Page, apiUrl: string, runId: string, site: string) => {
  const [cookie] = await page.context().cookies()
  const { csrf } = await page.evaluate(async () => (await fetch("/v1/session")).json())
  const own = { cookie: `${cookie?.name}=${cookie?.value}`, "x-csrf-token": String(csrf) }
  const headers = { ...json.headers, ...own, origin: new URL(site).origin }
  return (await fetch(`${apiUrl}${abort(runId)}`, { ...json, headers })).status
}

export const session = (world: () => World) =>
  describe("signing in", () => {
    it("is refused with a wrong token, in words, and nothing of the runs is shown", async () => {
      const { page, close } = await world().stranger()
      await page.goto("/")
      await offer(page, "not the token", "eve")
      await page.getByRole("alert").filter({ hasText: /token/i }).waitFor()
      expect(await rowsOf(page).count()).toBe(0)
      expect(await statusOf(page, "/v1/ci-healing/runs", {})).toBe(401)
      expect(await statusOf(page, "/v1/ci-healing/stream", {})).toBe(401)
      await close()
    })

    it("gives a cookie that no script reads and no other site sends", async () => {
      const { token, stranger } = world()
      const { page, close } = await stranger()
      await signIn(page, token, "grace")
      const [cookie] = await page.context().cookies()
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" })
      expect(await page.evaluate(() => document.cookie)).toBe("")
      expect(await page.evaluate(() => JSON.stringify(Object.entries(localStorage)))).not.toContain(token)
      await close()
    })

    it("ends with signing out: every page of the session loses its stream, and the cookie is worth nothing", async () => {
      const { token, stranger } = world()
      const { page, close } = await stranger()
      await signIn(page, token, "grace")
      const other = await page.context().newPage()
      await other.goto("/")
      await other.getByText("Live", { exact: true }).waitFor()
      const cookies = await page.context().cookies()
      await page.getByRole("button", { name: "Sign out" }).click()
      await page.getByRole("button", { name: "Sign in" }).waitFor()
      await other
        .getByText(/Signed out|Sign in/)
        .first()
        .waitFor()
      await page.context().addCookies(cookies)
      expect(await statusOf(page, "/v1/ci-healing/runs", {})).toBe(401)
      await close()
    })

    it("is not enough to act: the page's own token is asked for, and other sites get nowhere", async () => {
      const { fleet, reviewer } = world()
      const runId = await healed(fleet, "forged-requests")
      const { page, close } = await reviewer()
      expect(await statusOf(page, abort(runId), json)).toBe(403)
      expect(await statusOf(page, abort(runId), { ...json, headers: { ...json.headers, "x-csrf-token": "guessed" } })).toBe(403)
      const site = await otherSite("<!doctype html><title>other</title>")
      const foreign = await page.context().newPage()
      await foreign.goto(site.url)
      await foreign.evaluate(
        ({ to, body }) => fetch(to, { method: "POST", mode: "no-cors", credentials: "include", body }).catch(() => undefined),
        { to: `${fleet.apiUrl}${abort(runId)}`, body: json.body },
      )
      expect(await withEverythingBut(page, fleet.apiUrl, runId, site.url)).toBe(403)
      site.close()
      const [row] = await fleet.database.sql`select phase from run where run_id = ${runId}`
      expect(row?.["phase"]).toBe("fixed")
      await close()
    })

    it("happens on a page that no other may frame and where no inline script runs", async () => {
      const response = await fetch(world().fleet.apiUrl)
      const policy = response.headers.get("content-security-policy") ?? ""
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain("unsafe")
      expect(response.headers.get("x-content-type-options")).toBe("nosniff")
      expect(response.headers.get("cache-control")).toContain("no-store")
    })
  })
