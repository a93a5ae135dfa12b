import { type Browser, chromium } from "playwright-core"
import { findChromium } from "../provision/chromium.ts"

/** Container hosts often give `/dev/shm` 64 MB and no second user; nothing but our own pages is opened. */
const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]

/** A machine that does much else starts it late (ms). */
const timeout = 120_000

/** The machine's Chromium without a window. Rejects with the line to run where there is none. */
export const launchChromium = (): Promise<Browser> => {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error("Chromium is not on this machine. Run: apt-get install chromium")
  return chromium.launch({ executablePath, args, timeout })
}
