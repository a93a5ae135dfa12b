import { Schema } from "effect"
import type { Fault } from "./http/faults.ts"
import { Conclusion, type DeliveryRow, Person, type PullRow, type RepositoryRow, type RunRow } from "./store/rows.ts"

const Text = Schema.String
const key = Schema.optionalKey
const Files = Schema.Record(Text, Schema.NullOr(Text))

/** A person who commits; the e-mail address is how GitHub knows the account behind a commit. */
export const Developer = Schema.Struct({ login: Text, name: Text, email: Text })
export type Developer = typeof Developer.Type

/** A repository to be made from something on this machine. */
export const CreateRepository = Schema.Struct({
  owner: Text,
  name: Text,
  private: key(Schema.Boolean),
  /** A folder (one commit is made of it) or a local git repository (all branches are copied). It is only read. */
  from: Text,
  /** Who made the commit of a folder, when (RFC 3339) and with what message. */
  by: key(Developer),
  at: key(Text),
  message: key(Text),
  /** The full name of the repository this one is a fork of. */
  parent: key(Text),
  people: key(Schema.Record(Text, Person)),
})
/** A repository to be made from something on this machine. */
export type CreateRepository = typeof CreateRepository.Type

/** A commit to be made on a branch. */
export const PushCommit = Schema.Struct({
  /** Full name, `owner/name`. */
  repository: Text,
  branch: Text,
  /** Where a new branch starts; the default branch if not told. */
  from: key(Text),
  /** What files contain from now on; null deletes one. */
  files: Files,
  message: Text,
  by: key(Developer),
  at: key(Text),
})
/** A commit to be made on a branch. */
export type PushCommit = typeof PushCommit.Type

/** A ref, where it was (zeros: nowhere) and where it is. */
export const Pushed = Schema.Struct({ ref: Text, before: Text, after: Text })
/** A ref, where it was (zeros: nowhere) and where it is. */
export type Pushed = typeof Pushed.Type

/** A branch, and the commit it shall be at. */
export const SetBranch = Schema.Struct({ repository: Text, branch: Text, sha: Text })

/** A workflow to run at a branch's tip, or at a commit that it had. */
export const RunWorkflow = Schema.Struct({
  repository: Text,
  branch: Text,
  sha: key(Text),
  path: key(Text),
  event: key(Text),
  rerunOf: key(Schema.Int),
})
/** A workflow to run at a branch's tip, or at a commit that it had. */
export type RunWorkflow = typeof RunWorkflow.Type

const Step = Schema.Struct({ name: Text, conclusion: Conclusion, log: key(Text) })

/** A run to record as it is told here. */
export const RecordRun = Schema.Struct({
  repository: Text,
  branch: Text,
  sha: key(Text),
  conclusion: Conclusion,
  /** The log of the one job's one step that matters, when `jobs` is not told. */
  log: key(Text),
  jobs: key(Schema.Array(Schema.Struct({ name: Text, conclusion: Conclusion, steps: Schema.Array(Step) }))),
  path: key(Text),
  name: key(Text),
  event: key(Text),
  actor: key(Text),
  headRepository: key(Text),
  rerunOf: key(Schema.Int),
})
/** A run to record as it is told here. */
export type RecordRun = typeof RecordRun.Type

/** A request that the forge answered; `status` 0: the connection was reset. `route` is as in `routes()`: `GET /repos/{owner}/{repo}`. */
export const Seen = Schema.Struct({
  method: Text,
  route: Text,
  path: Text,
  status: Schema.Int,
  login: Text,
  fault: Schema.NullOr(Text),
  at: Text,
})
export type Seen = typeof Seen.Type

/** Where webhooks go; null: nowhere. */
export const Target = Schema.NullOr(Schema.Struct({ url: Text, secret: Text }))
/** `owner/name` */
export const InRepository = Schema.Struct({ repository: Text })
/** A person, and what they may do in a repository. */
export const AddPerson = Schema.Struct({
  repository: Text,
  developer: Developer,
  permission: Person.fields.permission,
  association: Person.fields.association,
})
/** A token and the login it speaks for. */
export const AddToken = Schema.Struct({ token: Text, login: Text })
/** The number of a delivery. */
export const Redeliver = Schema.Struct({ id: Schema.Int })
/** The number of a run. */
export const ExpireLogs = Schema.Struct({ run: Schema.Int })

/** What a harness can do with a forge, in its own process (`startForge`) or in another (`connectForge`). */
export interface Operations {
  readonly createRepository: (input: CreateRepository) => Promise<RepositoryRow>
  /** Commits to a branch as a developer's push does; a branch that does not exist is made. */
  readonly push: (input: PushCommit) => Promise<Pushed>
  /** Puts a branch at any commit of the repository, wherever it was before. */
  readonly setBranch: (input: typeof SetBranch.Type) => Promise<Pushed>
  /** Runs the workflow's `run:` steps for real and records the run. */
  readonly runWorkflow: (input: RunWorkflow) => Promise<RunRow>
  /** Records a run without executing anything. */
  readonly recordRun: (input: RecordRun) => Promise<RunRow>
  readonly repositories: () => Promise<ReadonlyArray<RepositoryRow>>
  readonly pullRequests: () => Promise<ReadonlyArray<PullRow>>
  readonly runs: () => Promise<ReadonlyArray<RunRow>>
  /** Branches of a repository with the commits they are at. */
  readonly branches: (input: typeof InRepository.Type) => Promise<Readonly<Record<string, string>>>
  /** The newest 20,000 requests. */
  readonly requests: () => Promise<ReadonlyArray<Seen>>
  readonly deliveries: () => Promise<ReadonlyArray<DeliveryRow>>
  readonly redeliver: (input: typeof Redeliver.Type) => Promise<DeliveryRow>
  readonly setWebhook: (input: typeof Target.Type) => Promise<void>
  /** Sends the `ping` event. */
  readonly ping: () => Promise<void>
  /** Waits until every webhook sent so far was answered, refused or has timed out. */
  readonly settle: () => Promise<void>
  /** Every route, as faults name them. */
  readonly routes: () => Promise<ReadonlyArray<string>>
  readonly setFault: (input: Fault) => Promise<void>
  readonly clearFaults: () => Promise<void>
  /** Faults that have not struck as often as they should. */
  readonly pendingFaults: () => Promise<ReadonlyArray<Fault>>
  readonly addPerson: (input: typeof AddPerson.Type) => Promise<void>
  readonly addToken: (input: typeof AddToken.Type) => Promise<void>
  /** Every token of an installation stops working at once. */
  readonly revokeInstallationTokens: () => Promise<void>
  readonly expireLogs: (input: typeof ExpireLogs.Type) => Promise<void>
}
