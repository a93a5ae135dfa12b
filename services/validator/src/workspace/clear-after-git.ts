import { Effect } from "effect"
import { runToEnd } from "../process/run-to-end.ts"

/** A lock outlives a git that was killed, and would stop every later one; what it was receiving would only take room. */
const left = ["-name", "*.lock", "-o", "-name", "shallow_*", "-o", "-path", "*/objects/*/tmp_*"]

/** Removes what killed gits left in the mirrors below `directory`. Nobody may be fetching into them. */
export const clearAfterGit = (directory: string) => Effect.asVoid(runToEnd(["find", directory, "-type", "f", "(", ...left, ")", "-delete"]))
