import { Bus } from "@ci-fix-pilot/actor/Bus"
import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import { nowIso } from "@ci-fix-pilot/actor/trace"
import { type CommandMessage, encodeMessage, type RunMessage } from "@ci-fix-pilot/contract/envelope"
import { commandSubject, runSubject } from "@ci-fix-pilot/contract/subjects"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect } from "effect"
import type { Applied } from "./apply-batch.ts"
import type { CommittedEntry, Dispatch } from "./Ledger.ts"

const ledgerMessage = ({ runId, seq, position, at, causedBy, traceparent, event }: CommittedEntry): RunMessage => ({
  id: `${runId}.${seq}`,
  at,
  runId,
  causedBy,
  traceparent,
  seq,
  position,
  ...event,
})

const commandMessage = ({ commandId, runId, dispatch, attempt, traceparent, command }: Dispatch, at: string): CommandMessage => ({
  id: `${commandId}#${dispatch}`,
  at,
  runId,
  traceparent,
  ...(attempt === undefined || attempt === null ? {} : { attempt }),
  ...command,
})

// Locked in id order, as everywhere, so that nobody waits in a circle.
const markSent = `
with x as (select * from jsonb_to_recordset($1::text::jsonb) as y (command_id text, dispatch int, sequence float8)),
locked as (select c.command_id from command c join x using (command_id) order by c.command_id for update of c)
update command c set sent_at = now(), checked_at = now(), stream_seq = x.sequence from x, locked
where c.command_id = x.command_id and locked.command_id = c.command_id and c.dispatch = x.dispatch and c.sent_at is null and c.closed_at is null`

/** Sends commands and records which the broker has. One that it did not take stays unsent: the sweep sends it again. */
export const send = (commands: ReadonlyArray<Dispatch>) =>
  Effect.gen(function* () {
    const bus = yield* Bus
    const sql = yield* Sql
    const at = yield* nowIso
    const sent = yield* Effect.forEach(
      commands,
      (dispatch) => {
        const message = commandMessage(dispatch, at)
        return bus.publish(commandSubject(message.type), encodeMessage(message), message.id).pipe(
          Effect.map(({ sequence }) => [{ command_id: dispatch.commandId, dispatch: dispatch.dispatch, sequence }]),
          Effect.orElseSucceed(() => []),
        )
      },
      { concurrency: "unbounded" },
    )
    yield* crashPoint("planner.send:published")
    const taken = sent.flat()
    if (taken.length > 0) yield* Effect.ignore(sql.query(markSent, [JSON.stringify(taken)]))
  })

/** Says what a batch has committed. Nothing here is the only copy, so nothing here fails. */
export const announce = ({ entries, commands }: Applied) =>
  Effect.gen(function* () {
    const bus = yield* Bus
    const tell = Effect.forEach(
      entries,
      (entry) => {
        const message = ledgerMessage(entry)
        return bus.tell(runSubject(message.runId, message.type), encodeMessage(message), message.id)
      },
      { discard: true },
    )
    yield* Effect.all([send(commands), tell], { concurrency: "unbounded", discard: true })
  })
