/** Which parts of a change are looked at first, and how a person is told about them. */
import type { Piece } from "@ci-fix-pilot/patch/hunks"

const prose = /\.(?:md|mdx|rst|txt|adoc)$|(?:^|\/)(?:docs?|LICENSE|CHANGELOG)/iu

/** 0: the failure names the path. 1: it names the file. 2: it may matter. 3: prose. */
export const rankOf = (piece: Piece, failure: string): number => {
  if (failure.includes(piece.path)) return 0
  const name = piece.path.split("/").at(-1) ?? piece.path
  if (name.length > 3 && failure.includes(name)) return 1
  return prose.test(piece.path) ? 3 : 2
}

/** The pieces that the failure points at first. */
export const rankPieces = (pieces: ReadonlyArray<Piece>, failure: string): ReadonlyArray<Piece> =>
  pieces.toSorted((one, other) => rankOf(one, failure) - rankOf(other, failure) || one.id - other.id)

const lines = (count: number, what: string): string => `${count} ${count === 1 ? "line" : "lines"} ${what}`

/** `src/price.js:12 (1 line restored, 1 line taken back)`; the piece is one of the revert. */
const describePiece = (piece: Piece): string => {
  const parts = [piece.added > 0 ? lines(piece.added, "restored") : "", piece.removed > 0 ? lines(piece.removed, "taken back") : ""]
  const what = parts.filter((part) => part !== "").join(", ")
  return `${piece.path}${piece.line > 0 ? `:${piece.line}` : ""}${what === "" ? "" : ` (${what})`}`
}

const mostNamed = 12
const list = (items: ReadonlyArray<string>): string =>
  items.length <= mostNamed ? items.join("; ") : `${items.slice(0, mostNamed).join("; ")}; and ${items.length - mostNamed} more`

/** What a revert does, for the pull request. */
export const explainRevert = (given: {
  readonly pieces: ReadonlyArray<Piece>
  readonly reverted: ReadonlyArray<Piece>
  readonly good: string
  readonly failing: string
  readonly command: string
  readonly runs: number
  readonly minimal: boolean
}): string => {
  const { pieces, reverted, good, failing } = given
  const kept = pieces.filter((piece) => !reverted.includes(piece))
  const paths = [...new Set(kept.map(({ path }) => path))]
  const howMany =
    pieces.length === 1
      ? "the only change"
      : kept.length === 0
        ? `all ${pieces.length} changes`
        : `${reverted.length} of the ${pieces.length} changes`
  const others = kept.length === 1 ? "The other one stays as it is" : `The other ${kept.length} stay as they are`
  return [
    `Undoes ${howMany} between ${good.slice(0, 12)}, which is green, and ${failing.slice(0, 12)}: ${list(reverted.map(describePiece))}.`,
    kept.length === 0 ? "Nothing else was changed." : `${others}, in ${list(paths)}.`,
    `\`${given.command.slice(0, 200)}\` is red with ${reverted.length === 1 ? "it" : "them"} and green without; found by ${given.runs} runs in the sandbox${given.minimal ? ", none of which was green with less undone" : ""}.`,
  ].join(" ")
}
