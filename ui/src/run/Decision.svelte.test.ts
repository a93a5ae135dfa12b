import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { fireEvent, render, screen, within } from "@testing-library/svelte"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import Decision from "./Decision.svelte"
import { fold } from "./fold-ledger.ts"
import { attempt, denied, escalated, failed, healed, ledger, patch, runId, waiting } from "./lives.suite.ts"

interface Sent {
  readonly path: string
  readonly key: string
  readonly body: unknown
}
const sent: Array<Sent> = []
type Answer = { readonly status: number; readonly body: unknown; readonly location?: string }
let answers: Array<Answer>

beforeEach(() => {
  vi.useFakeTimers()
  sent.length = 0
  localStorage.clear()
  // What a browser offers on plain http: no randomUUID.
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) })
  vi.stubGlobal("fetch", (path: string, { headers, body }: { headers: Record<string, string>; body?: string }) => {
    if (body !== undefined) sent.push({ path, key: headers["idempotency-key"] ?? "", body: JSON.parse(body) })
    const answer = answers.shift()
    if (answer === undefined) return Promise.reject(new TypeError("no connection"))
    const { status, body: said, location } = answer
    const all = new Headers(location === undefined ? {} : { location })
    return Promise.resolve({ ok: status < 300, status, headers: all, json: () => Promise.resolve(said) })
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const applied = { status: 200, body: { result: "applied" } }
const show = (...facts: ReadonlyArray<RunEvent>) => {
  const entries = ledger(...facts)
  const run = fold(entries)
  if (run === undefined) throw new Error("an empty ledger")
  return render(Decision, { run, runId, entries, deadlineAt: null })
}
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }))
const dialog = () => within(screen.getByRole("dialog"))
const confirm = async (name: string, note = "") => {
  await fireEvent.input(dialog().getByLabelText(/A note/u), { target: { value: note } })
  await fireEvent.input(dialog().getByLabelText(/Your name/u), { target: { value: "grace" } })
  const button = dialog().getByRole("button", { name })
  const form = screen.getByRole("dialog").querySelector("form")
  if (form === null) throw new Error("there is no form")
  return { button, form }
}

describe("what a person may do", () => {
  it("says why it cannot be done now, to whoever comes by with the keyboard too", async () => {
    show(failed, attempt(1))
    const button = screen.getByRole("button", { name: "Approve" })
    button.focus()
    expect([document.activeElement === button, button.getAttribute("aria-disabled")]).toEqual([true, "true"])
    expect(document.getElementById(button.getAttribute("aria-describedby") ?? "")?.textContent).toBe(
      "There is no proven fix to decide about yet.",
    )
    await press("Approve")
    expect(screen.queryByRole("dialog")).toBeNull()
  })

  it("keeps the focus on what was decided, when there is nothing to decide any more", async () => {
    answers = [applied]
    const view = show(...waiting)
    await press("Deny")
    const { form } = await confirm("Deny")
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    screen.getByRole("button", { name: "Deny" }).focus()
    const entries = ledger(...waiting, denied, escalated)
    const run = fold(entries)
    if (run === undefined) throw new Error("an empty ledger")
    await view.rerender({ entries, run })
    expect(document.activeElement?.textContent?.trim()).toBe("Deny")
  })

  it("says what will happen, and sends it once with what was seen, however often it is pressed", async () => {
    answers = [applied]
    show(...healed)
    await press("Approve and merge")
    expect(dialog().getByText(/Merges pull request #7 into main/u)).toBeDefined()
    const { form } = await confirm("Approve and merge", "looks right")
    await Promise.all([fireEvent.submit(form), fireEvent.submit(form)])
    await vi.advanceTimersByTimeAsync(10)
    expect(sent).toEqual([
      {
        path: `/v1/ci-healing/runs/${runId}/actions/approve`,
        key: expect.stringMatching(/^[0-9a-f]{32}$/u),
        body: { expectedPhase: "fixed", patchSha256: patch.sha256, note: "looks right", reviewer: "grace" },
      },
    ])
    expect(localStorage.getItem("ci-fix-pilot reviewer")).toBe("grace")
    expect(screen.queryByLabelText(/A note/u)).toBeNull()
  })

  it("keeps the note when the page beside the question is clicked: only Esc and Cancel close it", async () => {
    show(...waiting)
    await press("Deny")
    expect(screen.getByRole("dialog").getAttribute("closedby")).toBe("closerequest")
  })

  it("waits for what was only accepted", async () => {
    const location = `/v1/ci-healing/runs/${runId}/reviews/r1`
    answers = [{ status: 202, body: { result: "pending" }, location }, { status: 200, body: { result: "pending" } }, applied]
    show(...waiting)
    await press("Approve")
    const { form } = await confirm("Approve")
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    expect(dialog().getByText(/safely received/u)).toBeDefined()
    await vi.advanceTimersByTimeAsync(2_100)
    expect(screen.queryByLabelText(/A note/u)).toBeNull()
    expect(answers).toEqual([])
  })

  it("tells who comes second who was first, and offers nothing more", async () => {
    answers = [
      { status: 409, body: { error: { code: "conflict", message: "the run has ended: escalated", current: { status: "escalated" } } } },
    ]
    show(...waiting, denied).unmount()
    const view = show(...waiting)
    await press("Approve")
    const { form } = await confirm("Approve")
    const entries = ledger(...waiting, denied, escalated)
    await view.rerender({ entries })
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    expect(dialog().getByRole("alert").textContent).toMatch(/Nothing was changed: alice denied it .* The run is escalated now\./u)
    expect(dialog().queryByRole("button", { name: "Approve" })).toBeNull()
  })

  it("says in words what went wrong, and the next try is the same action", async () => {
    answers = []
    show(...waiting)
    await press("Deny")
    const { form } = await confirm("Deny")
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    expect(dialog().getByRole("alert").textContent).toContain("it will be done once")
    answers = [applied]
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    expect(sent.length).toBe(2)
    expect(sent[1]?.key).toBe(sent[0]?.key)
  })

  it("sends again exactly what may have arrived: note and name cannot be changed any more", async () => {
    answers = []
    show(...waiting)
    await press("Deny")
    const { form } = await confirm("Deny", "first thought")
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    const note = dialog().getByLabelText(/A note/u)
    expect(note).toHaveProperty("disabled", true)
    expect(dialog().getByLabelText(/Your name/u)).toHaveProperty("disabled", true)
    await fireEvent.input(note, { target: { value: "second thought" } })
    answers = [applied]
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    expect(sent[1]).toEqual(sent[0])
  })

  it("does not say that nothing happened when the server fell over it", async () => {
    answers = [{ status: 503, body: { error: { code: "unavailable", message: "try again" } } }, applied]
    show(...waiting)
    await press("Deny")
    const { form } = await confirm("Deny", "why")
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    expect(dialog().getByRole("alert").textContent).toMatch(/database is away.*not known whether this arrived.*done once/u)
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    expect(sent[1]).toEqual(sent[0])
  })

  it("lets a note be changed that the server has refused", async () => {
    answers = [{ status: 429, body: { error: { code: "rate-limited", message: "too many" } } }, applied]
    show(...waiting)
    await press("Deny")
    const { form } = await confirm("Deny", "first thought")
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    await confirm("Deny", "second thought")
    await fireEvent.submit(form)
    await vi.advanceTimersByTimeAsync(10)
    expect(sent.map(({ body }) => body)).toMatchObject([{ note: "first thought" }, { note: "second thought" }])
  })

  describe("that is closed while it is being sent", () => {
    const location = `/v1/ci-healing/runs/${runId}/reviews/r1`
    const pending = { status: 202, body: { result: "pending" }, location }
    const outcome = () => screen.getByRole("status").textContent
    const closeOnTheWay = async () => {
      show(...waiting)
      await press("Approve")
      const { form } = await confirm("Approve")
      await fireEvent.submit(form)
      await vi.advanceTimersByTimeAsync(10)
      expect(dialog().queryByRole("button", { name: "Cancel" })).toBeNull()
      await fireEvent.click(dialog().getByRole("button", { name: "Close, it goes on" }))
      await vi.advanceTimersByTimeAsync(10)
      expect(screen.queryByRole("dialog")).toBeNull()
      expect(outcome()).toMatch(/Approve: on its way/u)
    }

    it("goes on, and says that it was done", async () => {
      answers = [pending, applied]
      await closeOnTheWay()
      await vi.advanceTimersByTimeAsync(1_100)
      expect(outcome()).toMatch(/Approve: done/u)
    })

    it("says that it was not done, and why", async () => {
      answers = [pending, { status: 409, body: { error: { code: "conflict", message: "the run has ended: skipped" } } }]
      await closeOnTheWay()
      await vi.advanceTimersByTimeAsync(1_100)
      expect(screen.getByRole("alert").textContent).toMatch(/^\s*Approve: Nothing was changed: the run has ended: skipped/u)
    })

    it("asks the same question again when the server does not say what came of it", async () => {
      answers = [pending, { status: 404, body: { error: { code: "not-found", message: "there is no such review" } } }]
      await closeOnTheWay()
      await vi.advanceTimersByTimeAsync(1_100)
      expect(screen.getByRole("alert").textContent).toMatch(/^\s*Approve: It does not exist/u)
      answers = [applied]
      await press("Try again")
      const form = screen.getByRole("dialog").querySelector("form")
      if (form === null) throw new Error("there is no form")
      await fireEvent.submit(form)
      await vi.advanceTimersByTimeAsync(10)
      expect(sent.map(({ key }) => key)).toEqual([sent[0]?.key, sent[0]?.key])
    })

    it("is what is shown when another action is pressed meanwhile", async () => {
      answers = [pending, applied]
      await closeOnTheWay()
      await press("Deny")
      expect(dialog().getByRole("heading", { name: "Approve" })).toBeDefined()
    })
  })
})
