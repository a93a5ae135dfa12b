import { Schema } from "effect"
import { tokenIn } from "./http/access.ts"
import { json } from "./http/answer.ts"
import { Fault } from "./http/faults.ts"
import {
  AddPerson,
  AddToken,
  CreateRepository,
  ExpireLogs,
  InRepository,
  type Operations,
  PushCommit,
  RecordRun,
  Redeliver,
  RunWorkflow,
  SetBranch,
  Target,
} from "./operations.ts"

type Handler = (body: unknown) => Promise<unknown>

const taking =
  <A>(schema: Schema.Codec<A, unknown>, work: (input: A) => Promise<unknown>): Handler =>
  async (body) =>
    work(Schema.decodeUnknownSync(schema)(body))

const handlers = (forge: Operations): Readonly<Record<keyof Operations, Handler>> => ({
  createRepository: taking(CreateRepository, forge.createRepository),
  push: taking(PushCommit, forge.push),
  setBranch: taking(SetBranch, forge.setBranch),
  runWorkflow: taking(RunWorkflow, forge.runWorkflow),
  recordRun: taking(RecordRun, forge.recordRun),
  repositories: forge.repositories,
  pullRequests: forge.pullRequests,
  runs: forge.runs,
  branches: taking(InRepository, forge.branches),
  requests: forge.requests,
  deliveries: forge.deliveries,
  redeliver: taking(Redeliver, forge.redeliver),
  setWebhook: taking(Target, forge.setWebhook),
  ping: forge.ping,
  settle: forge.settle,
  routes: forge.routes,
  setFault: taking(Fault, forge.setFault),
  clearFaults: forge.clearFaults,
  pendingFaults: forge.pendingFaults,
  addPerson: taking(AddPerson, forge.addPerson),
  addToken: taking(AddToken, forge.addToken),
  revokeInstallationTokens: forge.revokeInstallationTokens,
  expireLogs: taking(ExpireLogs, forge.expireLogs),
})

/** Where the admin API begins. */
export const adminPrefix = "/_forge/"

/** `POST /_forge/<operation>` with the operation's input as JSON; needs the forge's own token. 400 says what went wrong. */
export const makeAdmin = (forge: Operations, token: string) => {
  const known = new Map<string, Handler>(Object.entries(handlers(forge)))
  return async (request: Request, path: string): Promise<Response> => {
    if (tokenIn(request.headers.get("authorization") ?? "") !== token) return json({ message: "Bad credentials" }, 401)
    const handler = known.get(path.slice(adminPrefix.length))
    if (handler === undefined || request.method !== "POST") return json({ message: "Not Found" }, 404)
    try {
      const text = await request.text()
      return json({ result: (await handler(text === "" ? null : JSON.parse(text))) ?? null })
    } catch (error) {
      return json({ message: error instanceof Error ? error.message : String(error) }, 400)
    }
  }
}
