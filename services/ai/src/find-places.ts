import { suspectFiles } from "@ci-fix-pilot/failure/suspect-files"

/** A file that a failure points at, and the line it names, if it does. */
export interface Place {
  readonly path: string
  readonly line?: number
}

/** The repository's files that a text names, in order, after those already suspected; each with the first line number said of it. */
export const findPlaces = (suspects: ReadonlyArray<string>, text: string): ReadonlyArray<Place> =>
  [...new Set([...suspects, ...suspectFiles(text)])].map((path) => {
    const line = lineOf(path, text)
    return line === undefined ? { path } : { path, line }
  })

/** As tools write it: `a.ts:3`, `a.ts(3,1)`, `File "a.py", line 3`. */
const lineOf = (path: string, text: string): number | undefined => {
  const pattern = new RegExp(`${RegExp.escape(path)}(?:"?, line |:|\\()(\\d{1,7})`, "u")
  const line = Number(pattern.exec(text)?.[1] ?? 0)
  return line > 0 ? line : undefined
}
