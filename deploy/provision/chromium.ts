import { spawnSync } from "node:child_process"
import { installPackages } from "./system-packages.ts"

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

/** A program of that name may be a stub that only says how to get the real one. */
const runs = (path: string): boolean => spawnSync(path, ["--version"]).status === 0

/** The path of a Chromium that runs here, from PATH. */
export const findChromium = (): string | undefined =>
  names.map((name) => Bun.which(name)).find((path): path is string => path !== null && runs(path))

/** Installs the system's Chromium, and a font: without one, pages are measured and pictured as boxes. */
export const installChromium = (): Promise<void> =>
  installPackages("Chromium", ["chromium", "fonts-dejavu-core"], () => findChromium() !== undefined)
