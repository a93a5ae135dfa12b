/** A model's edits on the real files: exact, or not at all. */
import { Effect, Schema } from "effect"

const Path = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(500))

/** Replace one piece of text that stands exactly once in the file. */
export const Edit = Schema.Struct({
  path: Path.annotate({ description: "path relative to the repository's root" }),
  find: Schema.String.check(Schema.isMinLength(1)).annotate({
    description: "text copied exactly from the file, with enough lines around it to stand there only once",
  }),
  replace: Schema.String.annotate({ description: "what stands there instead" }),
})
export type Edit = typeof Edit.Type
/** A file that is not there yet. */
export const NewFile = Schema.Struct({ path: Path, content: Schema.String })
export type NewFile = typeof NewFile.Type

/** An edit cannot be made as it says. `message` is for the model: it says what to do differently. */
export class BadEdit extends Schema.TaggedError<BadEdit>()("BadEdit", { message: Schema.String }) {}

/** A file before and after; `before` is undefined for a new one. */
export interface Changed {
  readonly path: string
  readonly before: string | undefined
  readonly after: string
}

/** Edits and new files on contents by path (undefined: no such file), all or nothing. Edits of one file are made in order. */
export const applyEdits = Effect.fnUntraced(function* (
  edits: ReadonlyArray<Edit>,
  newFiles: ReadonlyArray<NewFile>,
  contents: ReadonlyMap<string, string | undefined>,
) {
  const after = new Map<string, string>()
  for (const edit of edits) {
    const before = after.get(edit.path) ?? contents.get(edit.path)
    if (before === undefined) return yield* new BadEdit({ message: `${edit.path}: there is no such file; a new one belongs in newFiles` })
    after.set(edit.path, yield* applyEdit(edit, before))
  }
  for (const file of newFiles) {
    if (contents.get(file.path) !== undefined || after.has(file.path))
      return yield* new BadEdit({ message: `${file.path}: this file exists; change it with edits` })
    after.set(file.path, file.content === "" || file.content.endsWith("\n") ? file.content : `${file.content}\n`)
  }
  const changed: ReadonlyArray<Changed> = [...after]
    .map(([path, text]) => ({ path, before: contents.get(path), after: text }))
    .filter(({ before, after: text }) => before !== text)
  if (changed.length === 0) return yield* new BadEdit({ message: "the edits change nothing" })
  return changed
})

const applyEdit = Effect.fnUntraced(function* ({ path, find, replace }: Edit, text: string) {
  // Models write line feeds; a file of CRLF lines is matched and kept in its own way.
  const crlf = text.includes("\r\n") && !find.includes("\r")
  const [wanted, wished] = crlf ? [find, replace].map((part) => part.replace(/\r?\n/gu, "\r\n")) : [find, replace]
  if (wanted === undefined || wished === undefined) return text
  const at = text.indexOf(wanted)
  if (at === -1) return yield* new BadEdit({ message: `${path}: the text to find does not stand in the file exactly so: ${excerpt(find)}` })
  if (text.indexOf(wanted, at + 1) !== -1)
    return yield* new BadEdit({
      message: `${path}: the text to find stands there more than once; include more of its surroundings: ${excerpt(find)}`,
    })
  return text.slice(0, at) + wished + text.slice(at + wanted.length)
})

const excerpt = (text: string) => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text)
