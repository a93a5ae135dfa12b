/** What the code does when a variable is not set is what `.env.example` shows of it, as a comment. */
import { dirname } from "node:path"
import { settings as api } from "@ci-fix-pilot/api/settings"
import { settings as ingest } from "@ci-fix-pilot/ingest/settings"
import { retentionDays } from "@ci-fix-pilot/planner/forget-old"
import { PolicyConfig } from "@ci-fix-pilot/planner/PolicyConfig"
import { sandboxSettings } from "@ci-fix-pilot/validator/sandbox/sandbox-settings"
import { validatorSettings } from "@ci-fix-pilot/validator/validator-settings"
import { workspaceSettings } from "@ci-fix-pilot/validator/workspace/workspace-settings"
import { ConfigProvider, Effect } from "effect"
import { describe, expect, it } from "vitest"
import { settings as forge } from "./forge/settings.ts"
import { readHouse } from "./house/read-house.ts"
import { code, isTest } from "./house/source-file.ts"

const house = readHouse(dirname(import.meta.dirname))
const example = house.find(({ path }) => path === ".env.example")?.text ?? ""
/** Docker's own: without them its client and its daemon take what the catalogue shows. */
const ofDocker = ["DOCKER_HOST", "CI_HEALING_SANDBOX_RUNTIME"]
const shown = [...example.matchAll(/^#([A-Z][A-Z0-9_]*)=(.+)$/gmu)]
  .map(([, name = "", value = ""]) => ({ name, value }))
  .filter(({ name }) => !ofDocker.includes(name))

/** Whatever reads settings as a whole. */
const wholes: Readonly<Record<string, Effect.Effect<unknown, unknown>>> = {
  api,
  ingest,
  planner: Effect.provide(
    PolicyConfig.use((policy) => Effect.succeed(policy)),
    PolicyConfig.layer,
  ),
  retention: retentionDays,
  sandbox: sandboxSettings,
  validator: validatorSettings,
  workspace: workspaceSettings,
  forge,
}

/** What is read of an environment, and the names that were asked for. */
const readWith = async (environment: Readonly<Record<string, string>>, settings: Effect.Effect<unknown, unknown>) => {
  const asked = new Set<string>()
  const given = ConfigProvider.fromEnvRecord(environment)
  const listening = ConfigProvider.make((path) => {
    asked.add(path.join("_"))
    return given.load(path)
  })
  const value = await Effect.runPromise(Effect.provideService(settings, ConfigProvider.ConfigProvider, listening))
  return { value, asked }
}

const askedByWholes = new Set(
  (await Promise.all(Object.values(wholes).map((settings) => readWith({}, settings)))).flatMap(({ asked }) => [...asked]),
)

describe("a variable that is not set", () => {
  it.each(Object.keys(wholes))("is for %s as if it were set to what the catalogue shows", async (name) => {
    const settings = wholes[name] ?? Effect.void
    const all = Object.fromEntries(shown.map((one) => [one.name, one.value]))
    expect((await readWith(all, settings)).value).toEqual((await readWith({}, settings)).value)
  })

  const sources = code(house).filter(
    ({ path }) => /^(libs|services|deploy)\//u.test(path) && !path.startsWith("deploy/house/") && !isTest(path),
  )
  const alone = shown.filter(({ name }) => !(askedByWholes.has(name) || name.endsWith("_PUBLISH")))

  it("is read as a whole, or alone", () => {
    expect([shown.length - alone.length, alone.length]).toEqual([expect.toSatisfy((n) => n > 35), expect.toSatisfy((n) => n > 15)])
  })

  /** The default stands behind the name, before the next name: as a number or a word of the language; a text stands somewhere in that file. */
  const hasDefault = (text: string, name: string, value: string) => {
    const [, ...after] = text.split(`"${name}"`)
    const isText = !/^(?:[\d.]+|true|false|\{\})$/u.test(value)
    if (isText) return after.length > 0 && text.includes(`"${value}"`)
    return after.some((rest) =>
      (/^.*?(?="[A-Z]+_[A-Z_]+"|$)/su.exec(rest)?.[0] ?? "")
        .replaceAll("_", "")
        .split(/[^\w.{}]+/u)
        .includes(value),
    )
  }

  it.each(alone)("$name is $value in the code that reads it", ({ name, value }) => {
    expect(sources.filter(({ text }) => hasDefault(text, name, value)).map(({ path }) => path)).not.toEqual([])
  })
})
