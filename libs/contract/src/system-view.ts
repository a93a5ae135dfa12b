import { Schema } from "effect"
import { Service } from "./ids.ts"
import { Backlog } from "./metrics-view.ts"

/** What a service says of itself. */
export const Health = Schema.Struct({
  ready: Schema.Boolean,
  notes: Schema.Array(Schema.String),
  version: Schema.optionalKey(Schema.String),
  upMs: Schema.optionalKey(Schema.Finite),
  rssBytes: Schema.optionalKey(Schema.Finite),
})
export const ServiceState = Schema.Struct({ service: Service, answers: Schema.Boolean, health: Schema.optionalKey(Health) })

const Stream = Schema.Struct({
  name: Schema.String,
  messages: Schema.Finite,
  durables: Schema.Array(Schema.Struct({ durable: Schema.String, waiting: Schema.Finite, unacked: Schema.Finite })),
})
/** How the whole system is: its services, its broker, what waits. */
export const System = Schema.Struct({
  services: Schema.Array(ServiceState),
  bus: Schema.Struct({ connected: Schema.Boolean, streams: Schema.Array(Stream) }),
  backlog: Backlog,
  streamClients: Schema.Finite,
})

export type System = typeof System.Type
