import { dirname, join } from "node:path"
import { configuration, isSecret, shownValue } from "@ci-fix-pilot/contract/configuration"
import { describe, expect, it } from "vitest"
import { catalogued, namesRead, namesUsed } from "./house/environment-names.ts"
import { readHouse } from "./house/read-house.ts"

const house = readHouse(dirname(import.meta.dirname))
const textOf = (path: string) => house.find((file) => file.path === path)?.text ?? ""
const example = catalogued(textOf(".env.example"))
const read = namesRead(house)
const used = ["docker-compose.yml", "nats.conf", join("deploy/postgres", "roles.sql")].flatMap((path) => namesUsed(textOf(path)))

describe(".env.example", () => {
  it("has every name that the code reads and that the compose file, the broker and the database use", () => {
    expect([...new Set([...read, ...used])].filter((name) => !example.includes(name)).sort()).toEqual([])
  })

  it("has no name that nobody reads", () => {
    expect(example.filter((name) => !read.includes(name) && !used.includes(name))).toEqual([])
  })

  it("has each name once, with a comment above it", () => {
    expect(example).toEqual([...new Set(example)])
    expect(textOf(".env.example")).not.toMatch(/\n\n#?[A-Z_0-9]+=/)
  })

  it("shows of what is commented out the default that docs/configuration.md names, and nothing where there is none", () => {
    const shown = new Map(
      [...textOf(".env.example").matchAll(/^#([A-Z][A-Z0-9_]*)=(.*)$/gmu)].map(([, name, value]) => [name ?? "", value]),
    )
    const rows = [...textOf("docs/configuration.md").matchAll(/^\| `([A-Z][A-Z0-9_]*)` \| ?([^|]*?) ?\|/gmu)]
    const told = rows.map(([, name, words]) => [name ?? "", /^`([^`]*)`$/u.exec(words ?? "")?.[1] ?? ""] as const)
    expect(told.length).toBeGreaterThan(100)
    const wrong = told.filter(([name, value]) => shown.has(name) && !isSecret(name) && shown.get(name) !== value)
    expect(wrong.map(([name]) => name)).toEqual([])
    expect([...shown.keys()].filter((name) => !told.some(([one]) => one === name))).toEqual([])
  })

  it("holds no secret", () => {
    expect(textOf(".env.example")).not.toMatch(/(PASSWORD|SECRET|TOKEN|KEY)\w*=\S/)
  })
})

describe("what services say of their configuration", () => {
  const said = [...new Set(Object.values(configuration).flat())]

  it("has every name that a service reads and none that nobody does", () => {
    const services = namesRead(house.filter(({ path }) => /^(libs|services)\//u.test(path)))
    expect(services.filter((name) => !said.includes(name))).toEqual([])
    expect(said.filter((name) => !example.includes(name))).toEqual([])
  })

  it("keeps what is secret to itself", () => {
    expect(said.filter(isSecret).sort()).toEqual([
      "ANTHROPIC_API_KEY",
      "CI_HEALING_API_TOKEN",
      "CI_HEALING_CARGO_TOKEN",
      "CI_HEALING_EMBEDDINGS_KEY",
      "CI_HEALING_GITHUB_APP_PRIVATE_KEY",
      "CI_HEALING_GO_TOKEN",
      "CI_HEALING_MIRROR_TOKEN",
      "CI_HEALING_NATS_PASSWORD",
      "CI_HEALING_NPM_TOKEN",
      "CI_HEALING_PIP_TOKEN",
      "CI_HEALING_SLACK_WEBHOOK_URL",
      "CI_HEALING_WEBHOOK_SECRET",
      "CI_HEALING_WEBHOOK_SECRET_PREVIOUS",
      "DATABASE_URL",
      "GITHUB_TOKEN",
      "OPENAI_API_KEY",
    ])
    expect(shownValue("nats://ann:pa@ss@a:1,nats://t0ken@b:2")).not.toMatch(/ann|pa|ss|t0ken/u)
  })

  it.each([
    ["https://models.test/v1?key=s3cret", "https://models.test/v1"],
    ["https://ann:pw@models.test/v1?key=s3cret&a=b@c", "https://models.test/v1"],
    ["https://models.test?key=s3cret@tail", "https://"],
    ["https://models.test/v1?a=1,key=s3cret", "https://models.test/v1"],
    ["nats://a:1?key=s3cret,nats://b:2?key=s3cret", "nats://a:1,nats://b:2"],
    ["https://ann:p?w@models.test/v1", "https://"],
    ["https://ann:p,w@models.test/v1", "https://models.test/v1"],
  ])("shows an address without its user, password and query: %s", (value, shown) => {
    expect(shownValue(value)).toBe(shown)
  })

  it.each(["test -f a? && bun test", "https://healing.test/runs/{runId}", "https://healing.test/#/runs/{runId}", "a/b, c/d?"])(
    "shows as it is what holds no secret: %s",
    (value) => expect(shownValue(value)).toBe(value),
  )
})

describe("the names that code reads", () => {
  const file = (text: string) => [{ path: "services/ai/src/settings.ts", text }]

  it("are the texts in capitals of a file that reads Config", () => {
    expect(namesRead(file(`const a = "SOMETHING_ELSE"`))).toEqual([])
    expect(namesRead(file(`Config.schema(\n  Url,\n  "CI_HEALING_MIRROR_URL",\n)\nConfig.Literals(["auto"], "GITHUB_API_URL")`))).toEqual([
      "CI_HEALING_MIRROR_URL",
      "GITHUB_API_URL",
    ])
  })

  it("are those with our prefix anywhere, but not in comments", () => {
    expect(namesRead(file(`const names = ["CI_HEALING_A"] // "CI_HEALING_B"`))).toEqual(["CI_HEALING_A"])
  })

  it("are not those that every process has", () => {
    expect(namesRead(file(`Config.String("PATH"); Config.String("HOME")`))).toEqual([])
  })
})
