import { decodeRunMessage, type RunMessage } from "@ci-fix-pilot/contract/envelope"
import { LedgerEntry } from "@ci-fix-pilot/contract/run-view"
import { Effect, Option, Schema } from "effect"

/** The ledger answers from memory and one query; longer is away. */
const patienceMs = 10_000

const decodeEntry = Schema.decodeUnknownOption(Schema.fromJsonString(LedgerEntry))
const Head = Schema.fromJsonString(Schema.Struct({ position: Schema.Int }))

const toMessage = ({ causedBy, ...entry }: LedgerEntry): ReadonlyArray<RunMessage> => {
  const message = { ...entry, id: `${entry.runId}.${entry.seq}`, ...(causedBy === null ? {} : { causedBy }) }
  return Option.toArray(Effect.runSync(Effect.option(decodeRunMessage(JSON.stringify(message)))))
}

const ask = async (url: string): Promise<Response> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response
}

/** The data of a stream of server-sent events, one by one. */
async function* dataOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) if (line.startsWith("data: ")) yield line.slice(6)
  }
}

/**
 * Reads the ledger of a running system from the API, whatever the broker lost: each call gives the entries since the one before, the first
 * those since now. A call that throws may be repeated and gives the same.
 */
export const readLedger = async (apiUrl: string): Promise<() => Promise<ReadonlyArray<RunMessage>>> => {
  const head = async () => Schema.decodeUnknownSync(Head)(await (await ask(`${apiUrl}/v1/ci-healing/runs?pageSize=1`)).text()).position
  let after = await head()
  return async () => {
    const until = await head()
    const entries: Array<RunMessage> = []
    if (until <= after) return entries
    for await (const data of dataOf(await ask(`${apiUrl}/v1/ci-healing/stream?after=${after}`))) {
      const entry = decodeEntry(data)
      if (Option.isNone(entry)) continue
      entries.push(...toMessage(entry.value))
      if (entry.value.position >= until) break
    }
    after = until
    return entries
  }
}
