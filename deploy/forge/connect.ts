import { Schema } from "effect"
import { adminPrefix } from "./admin.ts"
import { Fault } from "./http/faults.ts"
import { type Operations, Pushed, Seen } from "./operations.ts"
import { DeliveryRow, PullRow, RepositoryRow, RunRow } from "./store/rows.ts"

/** An operation failed in the forge's process; `message` is what it said. */
export class OperationFailed extends Schema.TaggedError<OperationFailed>()("OperationFailed", {
  operation: Schema.String,
  message: Schema.String,
}) {}

const Reply = Schema.Union([Schema.Struct({ result: Schema.Unknown }), Schema.Struct({ message: Schema.String })])

/** The operations of a forge that runs in another process (`bun deploy/forge/main.ts`). Each rejects with `OperationFailed`. */
export const connectForge = (
  url: string,
  token: string,
): Operations & { readonly url: string; readonly apiUrl: string; readonly token: string } => {
  const ask = async (operation: keyof Operations, input: unknown): Promise<unknown> => {
    const body = input === undefined ? {} : { body: JSON.stringify(input) }
    const answer = await fetch(`${url}${adminPrefix}${operation}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      ...body,
    })
    const reply = Schema.decodeUnknownSync(Reply)(await answer.json())
    if ("message" in reply) throw new OperationFailed({ operation, message: reply.message })
    return reply.result
  }
  const giving =
    <A, B>(operation: keyof Operations, schema: Schema.Codec<B, unknown>) =>
    async (input: A): Promise<B> =>
      Schema.decodeUnknownSync(schema)(await ask(operation, input))
  const doing =
    <A>(operation: keyof Operations) =>
    async (input: A): Promise<void> => {
      await ask(operation, input)
    }
  return {
    url,
    apiUrl: `${url}/api/v3`,
    token,
    createRepository: giving("createRepository", RepositoryRow),
    push: giving("push", Pushed),
    setBranch: giving("setBranch", Pushed),
    runWorkflow: giving("runWorkflow", RunRow),
    recordRun: giving("recordRun", RunRow),
    repositories: () => giving<undefined, ReadonlyArray<RepositoryRow>>("repositories", Schema.Array(RepositoryRow))(undefined),
    pullRequests: () => giving<undefined, ReadonlyArray<PullRow>>("pullRequests", Schema.Array(PullRow))(undefined),
    runs: () => giving<undefined, ReadonlyArray<RunRow>>("runs", Schema.Array(RunRow))(undefined),
    branches: giving("branches", Schema.Record(Schema.String, Schema.String)),
    requests: () => giving<undefined, ReadonlyArray<Seen>>("requests", Schema.Array(Seen))(undefined),
    deliveries: () => giving<undefined, ReadonlyArray<DeliveryRow>>("deliveries", Schema.Array(DeliveryRow))(undefined),
    redeliver: giving("redeliver", DeliveryRow),
    setWebhook: doing("setWebhook"),
    ping: () => doing<undefined>("ping")(undefined),
    settle: () => doing<undefined>("settle")(undefined),
    routes: () => giving<undefined, ReadonlyArray<string>>("routes", Schema.Array(Schema.String))(undefined),
    setFault: doing("setFault"),
    clearFaults: () => doing<undefined>("clearFaults")(undefined),
    pendingFaults: () => giving<undefined, ReadonlyArray<Fault>>("pendingFaults", Schema.Array(Fault))(undefined),
    addPerson: doing("addPerson"),
    addToken: doing("addToken"),
    revokeInstallationTokens: () => doing<undefined>("revokeInstallationTokens")(undefined),
    expireLogs: doing("expireLogs"),
  }
}
