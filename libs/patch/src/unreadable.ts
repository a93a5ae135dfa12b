import { Schema } from "effect"

/** The text is not a diff as git writes it; `line` is counted from 1. */
export class PatchUnreadable extends Schema.TaggedError<PatchUnreadable>()("PatchUnreadable", {
  line: Schema.Int,
  why: Schema.String,
}) {
  override get message(): string {
    return `line ${this.line}: ${this.why}`
  }
}

/** The lines of a diff and where the reader stands. */
export interface Reader {
  readonly lines: ReadonlyArray<string>
  at: number
}

/** Ends the reading with the line at which it failed. */
export const unreadable = (reader: Reader, why: string) => new PatchUnreadable({ line: Math.min(reader.at + 1, reader.lines.length), why })
