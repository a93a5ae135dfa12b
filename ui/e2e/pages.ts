/** Every page of the dashboard, in every state that a person may meet, and how it says that it is complete. */
import type { Page } from "playwright-core"
import { rowsOf } from "./run-list.ts"
import { shownLives } from "./shown-lives.ts"
import type { World } from "./world.ts"

export interface Look {
  readonly name: string
  readonly path: string | ((world: World) => Promise<string>)
  /** Brings the page where the picture is taken: resolves when everything that belongs there is there. */
  readonly ready: (page: Page) => Promise<unknown>
  /** Leaves the page as the next one may find it. */
  readonly leave?: (page: Page) => Promise<unknown>
  /** What lies over the page, such as a dialog, is pictured as it is seen, not the page below it in its length. */
  readonly over?: true
  /** Of a long list, so much is enough (CSS pixels). */
  readonly atMost?: number
  /** One of many states of a page that is judged whole in another. */
  readonly variant?: true
}

type Step = Look["ready"]
const heading =
  (name: string | RegExp, level: 1 | 2 = 1): Step =>
  (page) =>
    page.getByRole("heading", { level, name }).waitFor()
const button =
  (name: string): Step =>
  (page) =>
    page.getByRole("button", { name, exact: true }).first().click()
const inOrder =
  (...steps: ReadonlyArray<Step>): Step =>
  async (page) => {
    for (const step of steps) await step(page)
  }

/** What was asked for in passing has been answered, too. */
const answered =
  (path: string): Step =>
  (page) =>
    page.waitForFunction((end) => performance.getEntriesByType("resource").some(({ name }) => new URL(name).pathname.endsWith(end)), path)

const list = inOrder(
  (page) => rowsOf(page).first().waitFor(),
  (page) =>
    page
      .getByRole("list", { name: /^Figures/ })
      .getByText("$")
      .waitFor(),
)
const story = inOrder((page) => page.locator("[data-seq]").first().waitFor(), answered("/memory"))
const dialog: Step = (page) => page.getByRole("dialog").waitFor()
const closed: Step = (page) => page.keyboard.press("Escape")

/** The newest run of a project that an earlier suite has healed. */
const runOf =
  (name: string) =>
  async ({ fleet: { database } }: World) => {
    const [run] = await database.sql`select run_id from run where repository = ${`acme/${name}`} order by created_at desc limit 1`
    if (run === undefined) throw new Error(`no run of ${name}: the suites that make it come first`)
    return `/runs/${run["run_id"]}`
  }

const real = {
  fixed: "pricing",
  merged: "approve",
  resolved: "human-fix",
  escalated: "two-reviewers",
  aborted: "waits-too",
  waiting: "waits-still",
}

const judgedWhole: ReadonlySet<string> = new Set(["fixed", "escalated", "waiting"])

/** Nobody answers what the page asks for. */
const withoutAnswers = (path: string): Pick<Look, "ready" | "leave"> => ({
  ready: async (page) => {
    await page.route(path, (route) => route.abort())
    await page.reload()
    await page.getByRole("button", { name: /again/i }).waitFor()
  },
  leave: (page) => page.unroute(path),
})

const stream = "**/v1/ci-healing/stream**"

/** The runs are shown, and what comes after them does not arrive. */
const cutOff: Step = async (page) => {
  await page.route(stream, (route) => route.abort())
  await page.reload()
  await inOrder(list, (shown) => shown.getByText(/^Reconnecting/).waitFor())(page)
}

export const looks: ReadonlyArray<Look> = [
  { name: "runs", path: "/", ready: list, atMost: 3_000 },
  {
    name: "runs-none",
    path: "/?text=there+is+no+such+run",
    ready: inOrder((page) => page.getByText("No run matches").waitFor(), answered("/summary")),
  },
  ...Object.entries(real).map(
    ([name, project]): Look => ({
      ...{ name: `run-${name}`, path: runOf(project), ready: story },
      ...(judgedWhole.has(name) ? {} : { variant: true }),
    }),
  ),
  ...shownLives.map(({ name, runId }): Look => ({ name: `run-${name}`, path: `/runs/${runId}`, ready: story, variant: true })),
  { name: "run-unknown", path: `/runs/run_${"0".repeat(24)}`, ready: heading("There is no such run") },
  {
    name: "run-side-by-side",
    path: `/runs/${shownLives.find(({ name }) => name === "approval")?.runId}`,
    ready: inOrder(story, button("Side by side")),
    variant: true,
  },
  {
    name: "run-full-log",
    path: runOf(real.fixed),
    ready: inOrder(story, button("Show the full log"), (page) =>
      page.getByRole("region", { name: "Full log" }).getByText("not ok 1").waitFor(),
    ),
  },
  { name: "run-confirm", path: runOf(real.fixed), over: true, ready: inOrder(story, button("Approve and merge"), dialog), leave: closed },
  { name: "help", path: "/", over: true, ready: inOrder(list, (page) => page.keyboard.press("?"), dialog), leave: closed },
  { name: "metrics", path: "/metrics", ready: heading("By repository", 2) },
  { name: "metrics-unanswered", path: "/metrics", ...withoutAnswers("**/v1/ci-healing/metrics/**") },
  { name: "system", path: "/system", ready: heading("Configuration", 2) },
  { name: "nowhere", path: "/there/is/no/such/page", ready: heading("There is no such page") },
  { name: "server-away", path: "/", over: true, variant: true, ready: cutOff, leave: (page) => page.unroute(stream) },
  {
    name: "offline",
    path: "/",
    over: true,
    variant: true,
    ready: inOrder(
      cutOff,
      (page) => page.context().setOffline(true),
      (page) => page.getByText("Offline", { exact: true }).waitFor(),
    ),
    leave: async (page) => {
      await page.context().setOffline(false)
      await page.unroute(stream)
    },
  },
]

/** What a stranger sees. */
export const signInPage: Look = { name: "sign-in", path: "/", ready: heading("Sign in") }
