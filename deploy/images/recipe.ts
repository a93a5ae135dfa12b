/** What the sandbox image is made of, read from its Dockerfile so that both ways of making it agree. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"

export const sandboxImage = "ci-fix-pilot/sandbox:1"
export const recipeLabel = "ci-fix-pilot.recipe"

export interface Recipe {
  /** Debian packages. */
  readonly packages: ReadonlyArray<string>
  /** Packages of npm, with versions. */
  readonly globals: ReadonlyArray<string>
  /** The image to start from where there is a registry. */
  readonly base: string
  /** Changes whenever the image would. */
  readonly digest: string
}

/** Bumped when the way of making the image changes, but not its Dockerfile. */
const revision = 1

const argument = (dockerfile: string, name: string): string => new RegExp(`^ARG ${name}="?([^"\\n]*)`, "m").exec(dockerfile)?.[1] ?? ""

export const recipeIn = (dockerfile: string, toolchains: ReadonlyArray<string>): Recipe => ({
  packages: argument(dockerfile, "PACKAGES").split(" "),
  globals: argument(dockerfile, "GLOBALS").split(" "),
  base: argument(dockerfile, "NODE"),
  digest: createHash("sha256")
    .update([revision, ...toolchains, dockerfile].join("\n"))
    .digest("hex")
    .slice(0, 16),
})

/** `toolchains` are the versions that this machine would put in. */
export const readRecipe = (toolchains: ReadonlyArray<string>): Recipe =>
  recipeIn(readFileSync(join(import.meta.dirname, "Dockerfile.sandbox"), "utf8"), toolchains)
