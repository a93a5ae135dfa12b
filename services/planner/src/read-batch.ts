import { leased } from "@ci-fix-pilot/contract/commands"
import { type Query, rowsOf } from "@ci-fix-pilot/sql/Sql"
import { Effect, Schema } from "effect"
import { batchFacts, Relative, RepositoryCounts } from "./batch-facts.ts"
import { CommandRow, RunRow } from "./Ledger.ts"
import { commandOf, type Item } from "./plan-batch.ts"
import { RecentRuns } from "./RecentRuns.ts"
import type { Expected } from "./write-batch.ts"

const found = rowsOf(
  Schema.Struct({
    fresh: Schema.Array(Schema.String),
    runs: Schema.Array(RunRow),
    commands: Schema.Array(CommandRow),
    repositories: Schema.Array(Schema.String),
    facts: Schema.Struct({ counts: Schema.Array(RepositoryCounts), relatives: Schema.Array(Relative) }),
  }),
)

const readBatchText = "select fresh, runs, commands, to_json(repositories) as repositories, facts from read_batch($1::text::jsonb)"

const startsSlot = ({ what }: Item) => (what.kind === "noticed" ? what.input.kind === "slot-free" : what.message.type === "ci-failed")

/** Whether deciding about this item takes counts over other runs. */
export const needsCounts = (item: Item) =>
  startsSlot(item) ||
  (item.what.kind === "message" && ["fix-validated", "failure-fetched", "review-given"].includes(item.what.message.type))

const repositoryOf = ({ what }: Item) =>
  what.kind === "message" && what.message.type === "ci-failed" ? [what.message.data.target.repository.toLowerCase()] : []
const signatureOf = ({ what }: Item) =>
  what.kind === "message" && what.message.type === "failure-fetched" ? [what.message.data.signature] : []

const distinct = (values: Iterable<string>) => [...new Set(values)]

const nobodyElse = { counts: [], relatives: [] }

/** What is still known about an item: when it answers what was just asked, and deciding takes no counts. A lease has changed its command. */
const recallOf = (recent: RecentRuns, item: Item) => {
  if (item.what.kind === "noticed" || needsCounts(item)) return undefined
  const { causedBy = "", unleased } = item.what.message
  const known = recent.recall(item.runId, causedBy)
  return known === undefined || (leased.has(known.command.type) && unleased !== true) ? undefined : known
}

/** The items to read about, and what is known about the runs of the others. */
const divide = (items: ReadonlyArray<Item>, recent: RecentRuns) => {
  const recalled = items.map((item) => ({ item, known: recallOf(recent, item) }))
  const doubtful = new Set(recalled.flatMap(({ item, known }) => (known === undefined ? [item.runId] : [])))
  const sure = recalled.flatMap(({ item, known }) => (known === undefined || doubtful.has(item.runId) ? [] : [{ item, ...known }]))
  return {
    asked: items.filter(({ runId }) => doubtful.has(runId)),
    ids: distinct(sure.map(({ item }) => item.id)),
    runs: [...new Map(sure.map(({ run }) => [run.runId, run])).values()],
    commands: [...new Map(sure.map(({ command }) => [command.commandId, command])).values()],
  }
}

/** Reads what these items are about. */
const readAbout = (query: Query, items: ReadonlyArray<Item>) =>
  Effect.gen(function* () {
    const counted = items.filter(needsCounts)
    const asked = {
      ids: distinct(items.map(({ id }) => id)),
      runs: distinct(items.map(({ runId }) => runId)),
      commands: distinct(items.flatMap((item) => commandOf(item) ?? [])),
      counted: distinct(counted.map(({ runId }) => runId)),
      repositories: distinct(counted.flatMap(repositoryOf)),
      signatures: distinct(items.flatMap(signatureOf)),
    }
    if (items.length === 0) return { ...asked, fresh: [], runs: [], commands: [], facts: nobodyElse }
    const [row] = yield* Effect.flatMap(query(readBatchText, [JSON.stringify(asked)]), found)
    return row === undefined ? yield* Effect.die("a select without a table gave no row") : { ...asked, ...row }
  })

/** What a batch is about: which of its messages are new, its runs and commands, and the counts over other runs. Reads what is not known. */
export const readBatch = (query: Query, items: ReadonlyArray<Item>) =>
  Effect.gen(function* () {
    const known = divide(items, yield* RecentRuns)
    const { signatures, repositories, facts, ...read } = yield* readAbout(query, known.asked)
    const runs = [...known.runs, ...read.runs]
    const commands = [...known.commands, ...read.commands]
    const fresh = [...known.ids, ...read.fresh]
    const seqs = new Map(runs.map(({ runId, seq }) => [runId, seq]))
    const expected: Expected = {
      ids: fresh,
      repositories,
      signatures,
      facts,
      runs: distinct(items.map(({ runId }) => runId)).map((run_id) => ({ run_id, seq: seqs.get(run_id) ?? 0 })),
      commands: commands.map(({ commandId, dispatch, tries, open }) => ({ command_id: commandId, dispatch, tries, open })),
    }
    return { fresh: new Set(fresh), rows: runs, commandRows: commands, facts: batchFacts(facts.counts, facts.relatives), expected }
  })
