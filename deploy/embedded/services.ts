import * as NatsBus from "@ci-fix-pilot/actor/Bus.nats"
import { Holder } from "@ci-fix-pilot/actor/Holder"
import { answerHealth } from "@ci-fix-pilot/actor/health"
import { Nats } from "@ci-fix-pilot/actor/nats-connection"
import * as NatsObjects from "@ci-fix-pilot/actor/Objects.nats"
import { layer as ai } from "@ci-fix-pilot/ai/main"
import { layer as api } from "@ci-fix-pilot/api/main"
import { Service } from "@ci-fix-pilot/contract/ids"
import { layer as github } from "@ci-fix-pilot/github/main"
import { layer as ingest } from "@ci-fix-pilot/ingest/main"
import { layer as memoryHealth } from "@ci-fix-pilot/memory/health"
import { layer as memory } from "@ci-fix-pilot/memory/main"
import { layer as notifierHealth } from "@ci-fix-pilot/notifier/health"
import { layer as notifier } from "@ci-fix-pilot/notifier/main"
import { layer as planner } from "@ci-fix-pilot/planner/main"
import { layer as validatorHealth } from "@ci-fix-pilot/validator/health"
import { layer as validator } from "@ci-fix-pilot/validator/main"
import { Layer } from "effect"
import manifest from "../package.json" with { type: "json" }

const healthOf = (service: Service) =>
  service === "validator" ? validatorHealth : service === "notifier" ? notifierHealth : service === "memory" ? memoryHealth : Layer.empty

const health = Layer.mergeAll(
  answerHealth("ingest", manifest.version),
  ...Service.literals.slice(1).map((service) => answerHealth(service, manifest.version).pipe(Layer.provide(healthOf(service)))),
)

/** All services in one process, on one broker connection and one database. */
export const services = (natsUrl: string) =>
  Layer.mergeAll(ingest, planner, ai, memory, validator, github, notifier, api, health).pipe(
    Layer.provide(
      Layer.mergeAll(NatsBus.layer, NatsObjects.layer, Holder.layer).pipe(Layer.provide(Nats.to({ servers: natsUrl, name: "embedded" }))),
    ),
  )
