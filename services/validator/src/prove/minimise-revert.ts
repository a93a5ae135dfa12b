/** The smallest part of a change whose removal is green, by delta debugging over its pieces; then proven with the whole plan. */
import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import { ddmin } from "@ci-fix-pilot/patch/ddmin"
import { type FileDiff, reverseDiff } from "@ci-fix-pilot/patch/diff"
import { type Piece, piecesOf, selectPieces } from "@ci-fix-pilot/patch/hunks"
import { parseDiff } from "@ci-fix-pilot/patch/parse"
import { Effect } from "effect"
import { Workspace } from "../workspace/Workspace.ts"
import { changesFrom, isPatchable, pathsOf, readPaths, readTexts } from "./changes-of-diff.ts"
import type { Good } from "./choose-good.ts"
import type { Runs } from "./count-runs.ts"
import { rankOf, rankPieces } from "./rank-pieces.ts"
import { type Try, tryCommit } from "./try-commit.ts"

export interface Minimised {
  /** All pieces of the change that could be undone, and those that must be. */
  readonly pieces: ReadonlyArray<Piece>
  readonly reverted: ReadonlyArray<Piece>
  /** The diff that undoes them, against the failing commit. */
  readonly diff: ReadonlyArray<FileDiff>
  /** Undoing any less was seen not to be green. */
  readonly minimal: boolean
}

interface Given {
  readonly here: Try
  readonly good: Good
  readonly plan: ReadonlyArray<PlanCommand>
  readonly commands: ReadonlyArray<PlanCommand>
  /** What the failure says. */
  readonly failure: string
  readonly runs: Runs
}

/** Runs kept back for the whole plan at the end. */
const forTheEnd = 2

/** What would undo the whole change, as far as it is text; and the texts it applies to. */
const wholeRevert = Effect.fnUntraced(function* ({ here, good }: Given) {
  const text = yield* Workspace.use((workspace) => workspace.diff(here.source, good.commit, here.source.commitSha))
  if (text.trim() === "") return { revert: [], texts: new Map<string, string>(), left: 0 }
  const all = reverseDiff(yield* parseDiff(text))
  const texts = yield* readTexts(here.source, pathsOf(all))
  const revert = all.filter((file) => isPatchable(file) && (file.change === "added" || texts.has(file.oldPath)))
  return { revert, texts, left: all.length - revert.length }
})

export const minimiseRevert = Effect.fn("validator.minimise-revert")(function* (given: Given) {
  const { here, plan, commands, failure, runs } = given
  const { revert, texts, left } = yield* wholeRevert(given)
  const pieces = rankPieces(piecesOf(revert), failure)
  if (pieces.length === 0) return { declined: "Nothing that can be undone was changed since the green commit." }

  const there = yield* readPaths(here.source)
  const known = new Map<string, boolean>()
  const undo = (subset: ReadonlyArray<Piece>) =>
    selectPieces(
      revert,
      subset.map(({ id }) => id),
    )
  const isGreen = Effect.fnUntraced(
    function* (subset: ReadonlyArray<Piece>, tried: ReadonlyArray<PlanCommand>) {
      const changes = yield* changesFrom(undo(subset), texts, there)
      return (yield* runs.counted(tryCommit(here, tried, changes))).red === undefined
    },
    Effect.catchTags({ PatchDoesNotApply: () => Effect.succeed(false) }),
  )
  const test = Effect.fnUntraced(function* (subset: ReadonlyArray<Piece>) {
    const key = subset
      .map(({ id }) => id)
      .toSorted((a, b) => a - b)
      .join(",")
    const green = known.get(key) ?? (yield* isGreen(subset, commands))
    known.set(key, green)
    return green ? ("green" as const) : ("red" as const)
  })

  const suspects = pieces.filter((piece) => rankOf(piece, failure) <= 1)
  const worthwhile = suspects.length > 0 && suspects.length < pieces.length
  const [together, apart] = yield* Effect.all([test(pieces), worthwhile ? test(suspects) : Effect.succeed("red" as const)], {
    concurrency: 2,
  })
  if (together !== "green" && apart !== "green") {
    const others = left === 0 ? "" : ` ${left} changed files are no text and were not undone.`
    return {
      declined: `Undoing the whole change since ${given.good.commit.slice(0, 12)} does not turn it green: the cause is elsewhere.${others}`,
    }
  }
  const start = apart === "green" ? suspects : pieces
  const smallest = yield* ddmin(start, test, { maxTests: Math.max(1, runs.left() - forTheEnd + 1) }).pipe(
    Effect.catchTags({
      NotGreenTogether: () => Effect.succeed({ subset: start, minimal: false }),
      RunsUsedUp: () => Effect.succeed({ subset: start, minimal: false }),
    }),
  )

  for (const reverted of distinctSets([smallest.subset, ofTheSameFiles(pieces, smallest.subset), pieces])) {
    if (!(yield* isGreen(reverted, plan))) continue
    const minimised: Minimised = { pieces, reverted, diff: undo(reverted), minimal: smallest.minimal && reverted === smallest.subset }
    return minimised
  }
  return { declined: "Undoing the culprit turns the failing command green, but another command of the plan red." }
})

const ofTheSameFiles = (pieces: ReadonlyArray<Piece>, subset: ReadonlyArray<Piece>): ReadonlyArray<Piece> => {
  const paths = new Set(subset.map(({ path }) => path))
  return pieces.filter(({ path }) => paths.has(path))
}

const distinctSets = (sets: ReadonlyArray<ReadonlyArray<Piece>>): ReadonlyArray<ReadonlyArray<Piece>> =>
  sets.filter((set, index) => sets.findIndex((other) => other.length === set.length) === index)
