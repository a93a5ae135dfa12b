import type { DiffLine } from "./diff.ts"

/** Within each run of changes, removals stand before additions, as git writes them. */
export const inGitOrder = (lines: ReadonlyArray<DiffLine>): ReadonlyArray<DiffLine> => {
  const out: Array<DiffLine> = []
  let added: Array<DiffLine> = []
  for (const line of lines) {
    if (line.kind === "+") added.push(line)
    else if (line.kind === "-") out.push(line)
    else {
      out.push(...added, line)
      added = []
    }
  }
  return [...out, ...added]
}
