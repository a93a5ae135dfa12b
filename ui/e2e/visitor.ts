/** A person at a browser of her own, and everything that must never happen in it. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core"

export interface Visitor {
  readonly page: Page
  /** What happened that must not: code of others that ran, a blocked script, a dialog, a request to another host, an error of ours. */
  readonly troubles: () => ReadonlyArray<string>
  readonly close: () => Promise<void>
}

/** Where hostile text would send what it finds; nobody answers there. */
export const canary = "canary.invalid"

/** What hostile text calls when a browser runs it. */
export const alarm = "__ran"

/** How long the page may take for what it does by itself (ms). */
const atMost = 15_000

/** A server that is away or says no is part of some stories; the page says so itself. */
const isRefusal = (text: string) => text.startsWith("Failed to load resource:")

const reportViolations = () =>
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    Reflect.get(window, "__violated")(`${effectiveDirective} ${blockedURI}`),
  )

/** Opens a browser context with one page. Paths are relative to `baseURL`. */
export const openVisitor = async (browser: Browser, baseURL: string, options: BrowserContextOptions = {}): Promise<Visitor> => {
  const context = await browser.newContext({ baseURL, ...options })
  context.setDefaultTimeout(atMost)
  const seen: Array<string> = []
  await context.exposeFunction(alarm, (what: unknown) => void seen.push(`ran: ${String(what)}`))
  await context.exposeFunction("__violated", (what: string) => void seen.push(`blocked by the policy: ${what}`))
  await context.addInitScript(reportViolations)
  context.on("request", (request) => {
    const url = new URL(request.url())
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== baseURL) seen.push(`asked another host: ${url.href.slice(0, 200)}`)
  })
  context.on("dialog", (dialog) => {
    seen.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  context.on("weberror", (error) => void seen.push(`error: ${error.error().message}`))
  context.on("console", (message) => {
    if (message.type() === "error" && !isRefusal(message.text())) seen.push(`console: ${message.text().slice(0, 300)}`)
  })
  const page = await context.newPage()
  return { page, troubles: () => seen, close: () => context.close() }
}
