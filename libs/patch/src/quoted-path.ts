const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, "\\": 92 }
const LETTERS = new Map(Object.entries(ESCAPES).map(([letter, byte]) => [byte, letter]))

/** Reads a path as git quotes it (`"a/\303\244.txt"`): the path and what follows it, or nothing if the quoting is broken. */
export const unquotePath = (text: string): { readonly path: string; readonly rest: string } | undefined => {
  const match = /^"((?:[^"\\]|\\(?:[0-3][0-7]{2}|[abtnvfr"\\]))*)"/.exec(text)
  if (match === null) return undefined
  const bytes = Buffer.concat(
    (match[1] ?? "").split(/(\\(?:[0-3][0-7]{2}|.))/).map((part) => {
      if (!part.startsWith("\\")) return Buffer.from(part)
      return Buffer.from([/^\\\d/.test(part) ? Number.parseInt(part.slice(1), 8) : (ESCAPES[part.slice(1)] ?? 0)])
    }),
  )
  const path = bytes.toString("utf8")
  return Buffer.from(path).equals(bytes) ? { path, rest: text.slice(match[0].length) } : undefined
}

/** Writes a path as git does: quoted when it holds anything but printable ASCII. */
export const quotePath = (path: string): string => {
  if (/^[ !#-[\]-~]*$/.test(path)) return path
  const quoted = Array.from(Buffer.from(path), (byte) => {
    const letter = LETTERS.get(byte)
    if (letter !== undefined) return `\\${letter}`
    return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`
  })
  return `"${quoted.join("")}"`
}
