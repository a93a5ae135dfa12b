import { dirname } from "node:path"
import { expect, it } from "vitest"
import { catalogued } from "../house/environment-names.ts"
import { readHouse } from "../house/read-house.ts"
import { ownEnvironment } from "./own-environment.ts"

const example = readHouse(dirname(dirname(import.meta.dirname))).find(({ path }) => path === ".env.example")?.text ?? ""
const all = Object.fromEntries(catalogued(example).map((name) => [name, "set"]))

it("tells nobody, logs in as nobody else, and heals whatever it is asked to", () => {
  const kept = ownEnvironment(all)
  for (const name of [
    "CI_HEALING_SLACK_WEBHOOK_URL",
    "CI_HEALING_GITHUB_APP_ID",
    "CI_HEALING_ALLOWED_REPOSITORIES",
    "CI_HEALING_DELIVERY",
    "CI_HEALING_CONTAINER_VALIDATE_COMMAND",
  ]) {
    expect(all).toHaveProperty(name)
    expect(kept).not.toHaveProperty(name)
  }
})

it("drops only what the catalogue has, and keeps limits, models, registries and whatever every process has", () => {
  const dropped = Object.keys(all).filter((name) => !(name in ownEnvironment(all)))
  expect(dropped).toHaveLength(13)
  const kept = ["CI_HEALING_MAX_COST_USD", "ANTHROPIC_API_KEY", "CI_HEALING_NPM_REGISTRY", "CI_HEALING_SANDBOX", "PATH", "HOME"]
  const environment = Object.fromEntries(kept.map((name) => [name, "set"]))
  expect(ownEnvironment({ ...environment, LANG: undefined })).toEqual(environment)
})
