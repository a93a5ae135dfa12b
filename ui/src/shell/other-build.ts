/** Whether the server's page names other scripts than this one: it was updated while the page was open. Unreachable counts as no. */
export const isOtherBuild = async (ask: typeof fetch = globalThis.fetch.bind(globalThis)): Promise<boolean> => {
  const script = document.querySelector<HTMLScriptElement>("script[type=module][src]")
  if (script === null) return false
  const response = await ask("/system", { cache: "no-store" }).catch(() => undefined)
  const html = response?.ok ? await response.text().catch(() => undefined) : undefined
  return html?.includes(`type="module"`) === true && !html.includes(new URL(script.src).pathname)
}
