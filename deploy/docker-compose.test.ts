import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Service } from "@ci-fix-pilot/contract/ids"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { namesRead } from "./house/environment-names.ts"
import { readHouse } from "./house/read-house.ts"
import { withDatabase } from "./postgres/with-database.ts"

const Strings = Schema.Array(Schema.String)
const Compose = Schema.Struct({
  services: Schema.Record(
    Schema.String,
    Schema.Struct({
      build: Schema.optionalKey(
        Schema.Struct({ context: Schema.String, dockerfile: Schema.String, args: Schema.Struct({ SERVICE: Schema.String }) }),
      ),
      image: Schema.optionalKey(Schema.String),
      networks: Strings,
      ports: Schema.optionalKey(Strings),
      volumes: Schema.optionalKey(Strings),
      environment: Schema.Record(Schema.String, Schema.NullOr(Schema.String)),
      read_only: Schema.optionalKey(Schema.Boolean),
      depends_on: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
    }),
  ),
  networks: Schema.Record(Schema.String, Schema.Struct({ internal: Schema.optionalKey(Schema.Boolean) })),
})

const house = readHouse(checkout())
const { services, networks } = Schema.decodeUnknownSync(Compose)(
  parse(readFileSync(join(checkout(), "docker-compose.yml"), "utf8"), { merge: true }),
)
const named = [...Service.literals]
const where = (has: (service: (typeof services)[string]) => boolean) =>
  Object.entries(services)
    .filter(([, service]) => has(service))
    .map(([name]) => name)
    .sort()
const whereNamed = (variable: string) => where(({ environment }) => variable in environment)

describe("docker-compose.yml", () => {
  it("runs the broker, the database and every service", () => {
    expect(Object.keys(services).sort()).toEqual([...named, "nats", "postgres"].sort())
  })

  it.each(named)("builds %s from the one image, with nothing writable but its volumes", (name) => {
    expect(services[name]).toMatchObject({
      build: { dockerfile: "deploy/images/Dockerfile.service", args: { SERVICE: name } },
      read_only: true,
    })
  })

  it("publishes only what people and webhooks reach", () => {
    expect(where(({ ports }) => ports !== undefined)).toEqual(["api", "ingest"])
  })

  it("gives the Docker socket to the validator alone", () => {
    expect(where(({ volumes }) => volumes?.some((volume) => volume.includes("docker.sock")) === true)).toEqual(["validator"])
  })

  it("gives the database only to those who have one, each as its own role", () => {
    expect(whereNamed("DATABASE_URL")).toEqual(withDatabase.toSorted())
    expect(where(({ networks: used }) => used.includes("data"))).toEqual([...withDatabase, "postgres"].sort())
    for (const name of withDatabase)
      expect(services[name]?.environment["DATABASE_URL"]).toMatch(
        new RegExp(`^postgres://${name}:\\$\\{CI_HEALING_DATABASE_PASSWORD_${name.toUpperCase()}`),
      )
  })

  it("lets each log in to the broker as itself", () => {
    for (const name of named)
      expect(services[name]?.environment["CI_HEALING_NATS_PASSWORD"]).toBe(`\${CI_HEALING_NATS_PASSWORD_${name.toUpperCase()}:?}`)
  })

  it("keeps credentials with the one who needs them", () => {
    expect(whereNamed("GITHUB_TOKEN")).toEqual(["github"])
    expect(whereNamed("ANTHROPIC_API_KEY")).toEqual(["ai"])
    expect(whereNamed("CI_HEALING_SLACK_WEBHOOK_URL")).toEqual(["notifier"])
    expect(whereNamed("CI_HEALING_WEBHOOK_SECRET")).toEqual(["ingest"])
  })

  it("keeps the broker and the database off the outside network", () => {
    expect(networks).toMatchObject({ bus: { internal: true }, data: { internal: true } })
    for (const name of ["nats", "postgres", "planner"]) expect(services[name]?.networks).not.toContain("outside")
  })

  it.each(named)("passes on every variable that %s reads", (name) => {
    const folders = [`services/${name}`, "libs/actor", ...(withDatabase.includes(name) ? ["libs/sql"] : [])]
    const read = namesRead(house.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/src/`))))
    const passed = Object.keys(services[name]?.environment ?? {})
    expect(read.filter((variable) => !passed.includes(variable))).toEqual([])
  })
})
