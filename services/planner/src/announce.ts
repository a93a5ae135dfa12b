import { Bus } from "@ci-fix-pilot/actor/Bus"
import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import { nowIso } from "@ci-fix-pilot/actor/trace"
import { dispatchId } from "@ci-fix-pilot/contract/dispatch-id"
import { type CommandMessage, encodeMessage, type RunMessage } from "@ci-fix-pilot/contract/envelope"
import { commandSubject, runSubject } from "@ci-fix-pilot/contract/subjects"
import { Effect } from "effect"
import type { Applied } from "./apply-batch.ts"
import type { CommittedEntry, Dispatch } from "./Ledger.ts"
import { SentMarks } from "./SentMarks.ts"

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
  id: dispatchId(commandId, dispatch),
  at,
  runId,
  traceparent,
  ...(attempt === undefined || attempt === null ? {} : { attempt }),
  ...command,
})

/** Sends commands and records which the broker has. One that it did not take stays unsent: the sweep sends it again. */
export const send = (commands: ReadonlyArray<Dispatch>) =>
  Effect.gen(function* () {
    const bus = yield* Bus
    const marks = yield* SentMarks
    const at = yield* nowIso
    const sent = yield* Effect.forEach(
      commands,
      (dispatch) => {
        const message = commandMessage(dispatch, at)
        return bus.publish(commandSubject(message.type), encodeMessage(message), message.id).pipe(
          Effect.map(({ sequence }) => [{ commandId: dispatch.commandId, dispatch: dispatch.dispatch, sequence }]),
          Effect.orElseSucceed(() => []),
        )
      },
      { concurrency: "unbounded" },
    )
    yield* crashPoint("planner.send:published")
    yield* marks.mark(sent.flat())
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
