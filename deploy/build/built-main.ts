import { symlinkSync } from "node:fs"
import { join } from "node:path"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { buildOnce } from "./build-once.ts"
import { builtFile } from "./build-program.ts"
import { entries } from "./entries.ts"
import { sourceDigest } from "./source-digest.ts"

/** Builds everything, in a process of its own: what a bundler takes in memory must not stay with what starts services. */
const build = async (folder: string): Promise<void> => {
  const child = Bun.spawn([process.execPath, join(checkout(), "deploy/build.ts"), folder, ...Object.keys(entries)], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited])
  if (code !== 0) throw new Error(`the services could not be built: ${said}`)
  // The dashboard is built on its own, before or after.
  symlinkSync(join(checkout(), "ui"), join(folder, "ui"))
}

let built: Promise<string> | undefined

/** The file that starts one of the {@link entries}, built from the sources as they were when this process first asked, once for all. */
export const builtMain = async (name: string): Promise<string> => {
  const entry = entries[name]
  if (entry === undefined) throw new Error(`${name} is not built`)
  built ??= buildOnce(join(checkout(), ".out/built"), () => sourceDigest(checkout()), build)
  return builtFile(await built, entry)
}
