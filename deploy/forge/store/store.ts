import { join } from "node:path"
import { Schema } from "effect"
import { Journal } from "./journal.ts"
import { CommentRow, DeliveryRow, PullRow, RepositoryRow, RunRow, StatusRow, TokenRow, UserRow } from "./rows.ts"

/** Rows of one kind by key, in the order they were first put. Every `put` is in the journal when it returns. */
export interface Table<A> {
  readonly get: (key: string) => A | undefined
  readonly put: (key: string, row: A) => A
  readonly remove: (key: string) => void
  readonly all: () => ReadonlyArray<A>
  readonly size: () => number
}

const table = <A>(journal: Journal, name: string, schema: Schema.Codec<A, unknown>): Table<A> => {
  const rows = new Map<string, A>()
  const decode = Schema.decodeUnknownSync(schema)
  for (const entry of journal.entries) if (entry.table === name) rows.set(entry.key, decode(entry.value))
  return {
    get: (key) => rows.get(key),
    put: (key, row) => {
      journal.append({ table: name, key, value: row })
      rows.set(key, row)
      return row
    },
    remove: (key) => {
      journal.append({ table: name, key, value: null })
      rows.delete(key)
    },
    all: () => [...rows.values()],
    size: () => rows.size,
  }
}

/** Everything the forge remembers besides git objects and logs; a restarted process finds it again in `dir/state.jsonl`. */
export const openStore = (dir: string) => {
  const journal = new Journal(join(dir, "state.jsonl"))
  const counters = table(journal, "counter", Schema.Number)
  return {
    repositories: table(journal, "repository", RepositoryRow),
    users: table(journal, "user", UserRow),
    tokens: table(journal, "token", TokenRow),
    pulls: table(journal, "pull", PullRow),
    comments: table(journal, "comment", CommentRow),
    runs: table(journal, "run", RunRow),
    statuses: table(journal, "status", StatusRow),
    deliveries: table(journal, "delivery", DeliveryRow),
    /** The next number of a sequence: 1, 2, 3 ... on every machine and after every restart. */
    next: (sequence: string): number => counters.put(sequence, (counters.get(sequence) ?? 0) + 1),
    close: () => journal.close(),
  }
}

/** The forge's tables. */
export type Store = ReturnType<typeof openStore>
