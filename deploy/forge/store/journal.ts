import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs"
import { dirname } from "node:path"

/** One change: the row `value` is now what `table` holds under `key`; null takes it away. */
export interface Entry {
  readonly table: string
  readonly key: string
  readonly value: unknown
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === "object" && value !== null && "table" in value && "key" in value && "value" in value

/** The entries of a journal's text. A last line that a kill cut short is left out: its change was never answered. */
export const parseJournal = (text: string): Array<Entry> => {
  const entries: Array<Entry> = []
  const lines = text.split("\n")
  for (const [index, line] of lines.entries()) {
    if (line === "") continue
    try {
      const value: unknown = JSON.parse(line)
      if (isEntry(value)) entries.push(value)
    } catch (cause) {
      if (index === lines.length - 1) break
      throw new Error(`the journal is damaged at line ${index + 1}`, { cause })
    }
  }
  return entries
}

/**
 * An append-only file of JSON lines. A change is in the file (the kernel's copy, so it survives a kill -9 of this process,
 * not a power cut) before its request is answered. Opening compacts it to the newest row of each key by write and rename.
 */
export class Journal {
  readonly entries: ReadonlyArray<Entry>
  #file: number

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true })
    const newest = new Map<string, Entry>()
    for (const entry of existsSync(path) ? parseJournal(readFileSync(path, "utf8")) : []) {
      const key = `${entry.table} ${entry.key}`
      if (entry.value === null) newest.delete(key)
      else newest.set(key, entry)
    }
    this.entries = [...newest.values()]
    writeFileSync(`${path}.next`, this.entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""))
    renameSync(`${path}.next`, path)
    this.#file = openSync(path, "a")
  }

  append(entry: Entry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`)
  }

  close(): void {
    closeSync(this.#file)
  }
}
