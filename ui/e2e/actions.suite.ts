import { untilPhase } from "@ci-fix-pilot/deploy/fleet/judge-run"
import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { picture } from "./picture.ts"
import { brokenBy, healed, patience } from "./projects.ts"
import { stands } from "./run-on-page.ts"
import type { World } from "./world.ts"

const log = "not ok 1 - adds up\n  error: 'Expected values to be strictly equal: -7 !== 7'\n##[error]Process completed with exit code 1.\n"

/** Presses an action's button, writes a note, and confirms it. */
const act = async (page: Page, name: string, note: string) => {
  await page.getByRole("button", { name, exact: true }).click()
  const dialog = page.getByRole("dialog", { name })
  await dialog.getByLabel(/note/i).fill(note)
  await dialog.getByRole("button", { name, exact: true }).click()
}

const said = (page: Page, status: string) => stands(page, status, patience)

export const actions = (world: () => World) =>
  describe("a reviewer", () => {
    const onPage = async (runId: string) => {
      const visitor = await world().reviewer()
      await visitor.page.goto(`/runs/${runId}`)
      return visitor
    }
    const reviewOf = async (runId: string) => {
      const [row] = await world().fleet.database
        .sql`select data from run_event where run_id = ${runId} and type = 'review-given' order by seq desc limit 1`
      return row?.["data"]
    }

    it("approves a fix: it is merged, and her name and note are in the ledger", async () => {
      const runId = await healed(world().fleet, "approve")
      const { page, troubles, close } = await onPage(runId)
      await act(page, "Approve and merge", "looks right")
      await said(page, "Resolved")
      expect(await reviewOf(runId)).toMatchObject({ action: "approve", reviewer: "grace", note: "looks right", expectedPhase: "fixed" })
      expect(troubles()).toEqual([])
      await close()
    })

    it("denies a fix: the pull request is closed and a person takes over", async () => {
      const runId = await healed(world().fleet, "deny")
      const { page, troubles, close } = await onPage(runId)
      await act(page, "Deny", "not like this")
      await said(page, "Escalated")
      expect(await reviewOf(runId)).toMatchObject({ action: "deny", reviewer: "grace" })
      expect(troubles()).toEqual([])
      await close()
    })

    it("says that she fixed it herself", async () => {
      const runId = await healed(world().fleet, "human-fix")
      const { page, close } = await onPage(runId)
      await act(page, "I fixed it", "pushed to main")
      await said(page, "Resolved")
      expect(await reviewOf(runId)).toMatchObject({ action: "human-fix", reviewer: "grace" })
      await close()
    })

    it("releases a fix that waits for her, aborts another, and leaves a third waiting", async () => {
      const { fleet } = world()
      const stranger = { branch: "idea", message: "An idea", login: "mallory", log }
      const names = ["waits", "waits-too", "waits-still"]
      const [released = "", aborted = "", ...others] = await Promise.all(names.map((name) => brokenBy(fleet, name, stranger)))
      const waiting = new Set(["awaiting-approval"])
      await Promise.all([released, aborted, ...others].map((runId) => untilPhase(fleet, runId, patience, waiting)))
      const first = await onPage(released)
      await said(first.page, "Needs approval")
      await expect.poll(() => first.page.title()).toMatch(/^\(3\) /)
      await act(first.page, "Approve", "good idea")
      await said(first.page, "Fixed")
      expect(await reviewOf(released)).toMatchObject({ action: "approve", expectedPhase: "awaiting-approval" })
      await first.close()
      const second = await onPage(aborted)
      await act(second.page, "Abort", "not now")
      await said(second.page, "Aborted")
      await second.close()
    })

    it("who comes second is told what happened instead, and has changed nothing", async () => {
      const { fleet } = world()
      const runId = await healed(fleet, "two-reviewers")
      const slow = await onPage(runId)
      let release: () => void = () => undefined
      const first = new Promise<void>((resolve) => {
        release = resolve
      })
      await slow.page.route("**/actions/approve", async (route) => {
        await first
        await route.continue()
      })
      await act(slow.page, "Approve and merge", "too late")
      const quick = await onPage(runId)
      await act(quick.page, "Deny", "no")
      await said(quick.page, "Escalated")
      release()
      const explained = slow.page
        .getByRole("dialog")
        .getByRole("alert")
        .filter({ hasText: /^Nothing was changed: grace denied it/ })
      await explained.waitFor()
      expect(await picture(slow.page, "run-overtaken", { over: true })).toEqual([])
      const [row] = await fleet.database
        .sql`select count(*)::int as n from run_event where run_id = ${runId} and type = 'pull-request-merged'`
      expect(row?.["n"]).toBe(0)
      await Promise.all([slow.close(), quick.close()])
    })
  })
