import type { RunSummary } from "@ci-fix-pilot/contract/run-view"
import { recall, remember } from "../remembered.ts"

/** Browsers show notifications only for pages from https or this machine, and only to who allowed it. */
export const canNotify = (): boolean => "Notification" in globalThis && isSecureContext

export const notifies = (): boolean => canNotify() && Notification.permission === "granted" && recall("notifications") === "on"

/** Turns notifications on or off, asking for permission where needed; resolves to how it is now. */
export const setNotifies = async (on: boolean): Promise<boolean> => {
  const granted = on && (await Notification.requestPermission()) === "granted"
  remember("notifications", granted ? "on" : "off")
  return granted
}

/** Says that a run waits. The tag lets several tabs say it once. */
export const notifyWaiting = ({ runId, repository, failure, title }: RunSummary, open: (runId: string) => void) => {
  if (!notifies()) return
  const notification = new Notification(`${repository} needs your approval`, { body: failure ?? title, tag: runId, icon: "/favicon.svg" })
  notification.onclick = () => {
    focus()
    notification.close()
    open(runId)
  }
}
