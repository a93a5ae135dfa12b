import { Schema } from "effect"
import { Service } from "./ids.ts"
import { Backlog } from "./metrics-view.ts"

/** One variable of the environment, as the process that reads it sees it. `value`: null where it is not set, and always where it is secret. */
export const Setting = Schema.Struct({
  name: Schema.String,
  value: Schema.NullOr(Schema.String),
  secret: Schema.Boolean,
  isSet: Schema.Boolean,
})
export type Setting = typeof Setting.Type

/** What a service says of itself. */
export const Health = Schema.Struct({
  ready: Schema.Boolean,
  notes: Schema.Array(Schema.String),
  version: Schema.optionalKey(Schema.String),
  upMs: Schema.optionalKey(Schema.Finite),
  rssBytes: Schema.optionalKey(Schema.Finite),
  configuration: Schema.optionalKey(Schema.Array(Setting)),
})
export const ServiceState = Schema.Struct({ service: Service, answers: Schema.Boolean, health: Schema.optionalKey(Health) })

const Stream = Schema.Struct({
  name: Schema.String,
  messages: Schema.Finite,
  durables: Schema.Array(Schema.Struct({ durable: Schema.String, waiting: Schema.Finite, unacked: Schema.Finite })),
})
/** The database: its version, how long it took to answer (ms), what it stores (bytes), and the connections it has of those it allows. */
export const Database = Schema.Struct({
  version: Schema.String,
  latencyMs: Schema.Finite,
  sizeBytes: Schema.Finite,
  connections: Schema.Finite,
  maxConnections: Schema.Finite,
})
export type Database = typeof Database.Type

/** How the whole system is: its services, its broker, what waits. Null: the database is away, which alone can say it. */
export const System = Schema.Struct({
  services: Schema.Array(ServiceState),
  bus: Schema.Struct({ connected: Schema.Boolean, streams: Schema.Array(Stream) }),
  backlog: Schema.NullOr(Backlog),
  streamClients: Schema.Finite,
  /** Of this program. */
  version: Schema.String,
  /** What every service that answers was started with, by name. */
  configuration: Schema.Array(Setting),
  database: Schema.NullOr(Database),
})

export type System = typeof System.Type
