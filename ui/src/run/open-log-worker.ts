import address from "./log-worker.ts?worker&url"

/** What a browser that enforces trusted types wants to be told: that this address, and no other, may become a worker's. */
interface TrustedTypes {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ) => { readonly createScriptURL: (url: string) => string }
}
declare global {
  var trustedTypes: TrustedTypes | undefined
}

const only = (url: string): string => {
  if (url !== address) throw new TypeError(`no worker of ours: ${url}`)
  return url
}
const policy = globalThis.trustedTypes?.createPolicy("log-worker", { createScriptURL: only })

/** Starts the worker that holds a log; the server's policy names it `log-worker`. */
export const openLogWorker = (): Worker => new Worker(policy?.createScriptURL(address) ?? address, { type: "module" })
