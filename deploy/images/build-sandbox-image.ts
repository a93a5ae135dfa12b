/**
 * Makes the image that strangers' commands run in: `npm run images`, or with `-- --force` even when it is there.
 * With a registry from `Dockerfile.sandbox`; without one from this machine's package mirror and toolchains.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { toolsDirectory } from "@ci-fix-pilot/machine/process-tools"
import { withLock } from "../bootstrap/lock.mjs"
import { CannotProvide, say, secondsSince } from "../provision/say.ts"
import { run } from "../provision/shell.ts"
import { provideDocker } from "../provision.ts"
import { buildImage, type Image, importImage, inspectImage, pull } from "./image-store.ts"
import { type Recipe, readRecipe, recipeLabel, sandboxImage } from "./recipe.ts"
import { makeSandboxRoot } from "./sandbox-root.ts"

const pullWithin = 120_000

const fromDockerfile = (socket: string, recipe: Recipe) =>
  buildImage(
    socket,
    { name: sandboxImage, directory: import.meta.dirname, dockerfile: "Dockerfile.sandbox", labels: { [recipeLabel]: recipe.digest } },
    say,
  )

const fromMirror = async (socket: string, recipe: Recipe): Promise<void> => {
  const scratch = await mkdtemp(join(tmpdir(), "ci-fix-pilot-image-"))
  try {
    await makeSandboxRoot(join(scratch, "root"), recipe)
    const changes = ["USER sandbox", "WORKDIR /workspace", `LABEL ${recipeLabel}=${recipe.digest}`]
    await importImage(socket, sandboxImage, join(scratch, "root"), [
      "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ...changes,
    ])
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Makes sure that the sandbox image of this checkout's recipe is in the daemon at `socket`; safe to call again and from several places. */
export const buildSandboxImage = (socket: string, force = false): Promise<Image> =>
  withLock(join(toolsDirectory(), "locks/sandbox-image"), async () => {
    const recipe = readRecipe([(await run("node", ["--version"])).trim(), Bun.version])
    const present = await inspectImage(socket, sandboxImage)
    if (present?.labels[recipeLabel] === recipe.digest && !force) {
      say(`sandbox image: ${sandboxImage} is there (${present.megabytes} MB)`)
      return present
    }
    const start = performance.now()
    const registry = await pull(socket, recipe.base, pullWithin)
    say(`sandbox image: making ${sandboxImage} ${registry ? "from its Dockerfile" : "from this machine's packages (no registry answers)"}`)
    await (registry ? fromDockerfile : fromMirror)(socket, recipe)
    const made = await inspectImage(socket, sandboxImage)
    if (made === undefined) throw new CannotProvide(`${sandboxImage} was made but is not there`)
    say(`sandbox image: ${sandboxImage} (${made.megabytes} MB) made in ${secondsSince(start)}`)
    return made
  })

if (import.meta.main) {
  const docker = await provideDocker()
  try {
    await buildSandboxImage(docker.socket, Bun.argv.includes("--force"))
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 2
  } finally {
    await docker.release()
  }
}
