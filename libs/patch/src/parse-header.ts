import { Effect } from "effect"
import type { FileDiff } from "./diff.ts"
import { unquotePath } from "./quoted-path.ts"
import { type Reader, unreadable } from "./unreadable.ts"

type Header = Omit<FileDiff, "hunks"> & { readonly hasText: boolean }

interface Extended {
  old?: string
  new?: string
  oldMode?: string
  newMode?: string
  change?: FileDiff["change"]
  binary?: boolean
}

/** Everything of a file before its first hunk, checked for contradictions. */
export const readHeader = Effect.fnUntraced(function* (reader: Reader) {
  const git = reader.lines[reader.at] ?? ""
  const named = git.startsWith("diff --git ") ? namesOf(git.slice("diff --git ".length)) : undefined
  if (git.startsWith("diff --git ")) reader.at += 1
  else if (!git.startsWith("--- ")) return yield* unreadable(reader, `expected "diff --git" or "---", found: ${git.slice(0, 80)}`)

  const extended = named === undefined && !git.startsWith("diff --git ") ? {} : readExtended(reader)
  const text = yield* readNames(reader)
  if (text === undefined && !git.startsWith("diff --git ")) return yield* unreadable(reader, 'expected "---" and "+++"')

  const change = extended.change ?? (text?.old === "" ? "added" : text?.new === "" ? "deleted" : "modified")
  const oldPath = extended.old ?? (text?.old || text?.new) ?? named?.old
  const newPath = extended.new ?? (text?.new || text?.old) ?? named?.new
  if (oldPath === undefined || newPath === undefined) return yield* unreadable(reader, "the file has no readable name")
  if (oldPath !== newPath && change !== "renamed" && change !== "copied")
    return yield* unreadable(reader, `${oldPath} became ${newPath} without a rename`)
  if (named !== undefined && (named.old !== oldPath || named.new !== newPath))
    return yield* unreadable(reader, "the names in its headers differ")
  if (text !== undefined && ((text.old || oldPath) !== oldPath || (text.new || newPath) !== newPath))
    return yield* unreadable(reader, "the names in its headers differ")
  if (text !== undefined && ((text.old === "") !== (change === "added") || (text.new === "") !== (change === "deleted"))) {
    return yield* unreadable(reader, `/dev/null does not fit a file that is ${change}`)
  }
  const header: Header = {
    change,
    oldPath,
    newPath,
    oldMode: extended.oldMode,
    newMode: extended.newMode,
    binary: extended.binary ?? false,
    hasText: text !== undefined,
  }
  return header
})

/** `a/x b/x`: the two names, if they can be told apart. */
const namesOf = (text: string): { readonly old: string; readonly new: string } | undefined => {
  if (text.startsWith('"')) {
    const first = unquotePath(text)
    const second = first?.rest.startsWith(' "') ? unquotePath(first.rest.slice(1))?.path : first?.rest.slice(1)
    return first === undefined || second === undefined ? undefined : stripped(first.path, second)
  }
  const quoted = text.indexOf(' "')
  if (text.endsWith('"') && quoted !== -1) {
    const second = unquotePath(text.slice(quoted + 1))
    return second === undefined ? undefined : stripped(text.slice(0, quoted), second.path)
  }
  const middle = (text.length - 1) / 2
  if (text[middle] === " " && text.slice(2, middle) === text.slice(middle + 3))
    return stripped(text.slice(0, middle), text.slice(middle + 1))
  const parts = text.split(" ")
  return parts.length === 2 ? stripped(parts[0] ?? "", parts[1] ?? "") : undefined
}

const stripped = (old: string, next: string) =>
  old.startsWith("a/") && next.startsWith("b/") ? { old: old.slice(2), new: next.slice(2) } : undefined

const MODE = /^(old mode|new mode|new file mode|deleted file mode) ([0-7]{6})$/
const MOVE = /^(rename|copy) (from|to) (.+)$/

const readExtended = (reader: Reader): Extended => {
  const found: Extended = {}
  for (; reader.at < reader.lines.length; reader.at += 1) {
    const line = reader.lines[reader.at] ?? ""
    if (/^(?:(?:dis)?similarity index \d{1,3}%|index [0-9a-f]{4,64}\.\.[0-9a-f]{4,64}(?: [0-7]{6})?)$/.test(line)) {
      const mode = /^index \S+ ([0-7]{6})$/.exec(line)?.[1]
      if (mode !== undefined) Object.assign(found, { oldMode: mode, newMode: mode })
      continue
    }
    const [, mode, octal] = MODE.exec(line) ?? []
    const [, move, side, name = ""] = MOVE.exec(line) ?? []
    if (mode !== undefined && octal !== undefined) takeMode(found, mode, octal)
    else if (move !== undefined) takeMove(found, move, side ?? "", name)
    else if (/^Binary files .* differ$/.test(line)) found.binary = true
    else if (line === "GIT binary patch") {
      found.binary = true
      while (reader.at + 1 < reader.lines.length && !(reader.lines[reader.at + 1] ?? "").startsWith("diff --git ")) reader.at += 1
    } else break
  }
  return found
}

const takeMode = (found: Extended, mode: string, octal: string): void => {
  if (mode === "new file mode") found.change = "added"
  if (mode === "deleted file mode") found.change = "deleted"
  if (mode.startsWith("new")) found.newMode = octal
  else found.oldMode = octal
}

const takeMove = (found: Extended, move: string, side: string, name: string): void => {
  found.change = move === "rename" ? "renamed" : "copied"
  const path = name.startsWith('"') ? (unquotePath(name)?.path ?? name) : name
  if (side === "from") found.old = path
  else found.new = path
}

/** The `---` and `+++` lines: names without prefix, empty for `/dev/null`. */
const readNames = Effect.fnUntraced(function* (reader: Reader) {
  const old = reader.lines[reader.at] ?? ""
  if (!old.startsWith("--- ")) return undefined
  const next = reader.lines[reader.at + 1] ?? ""
  if (!next.startsWith("+++ ")) return yield* unreadable(reader, '"---" without "+++"')
  const oldPath = nameOf(old.slice(4), "a/")
  const newPath = nameOf(next.slice(4), "b/")
  if (oldPath === undefined || newPath === undefined) return yield* unreadable(reader, "names must be a/..., b/... or /dev/null")
  if (oldPath === "" && newPath === "") return yield* unreadable(reader, "both names are /dev/null")
  reader.at += 2
  return { old: oldPath, new: newPath }
})

const nameOf = (text: string, prefix: string): string | undefined => {
  const quoted = text.startsWith('"') ? unquotePath(text) : undefined
  const name = text.startsWith('"') ? quoted?.path : text.replace(/\t.*$/, "")
  if (name === "/dev/null") return ""
  return name?.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : undefined
}
