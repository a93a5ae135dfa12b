import { ConfigProvider, Effect } from "effect"
import { describe, expect, it } from "vitest"
import { settings } from "./settings.ts"

const read = (environment: Record<string, string>) =>
  Effect.runSync(Effect.result(Effect.provideService(settings, ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(environment))))

describe("the limits of webhooks", () => {
  it("are those that are set", () => {
    const set = { CI_HEALING_WEBHOOK_MAX_BYTES: "1024", CI_HEALING_WEBHOOKS_PER_MINUTE: "1", CI_HEALING_INGEST_PORT: "0" }
    expect(read(set)).toMatchObject({ success: { maxBytes: 1_024, perMinute: 1, port: 0, bodyTimeoutMs: 10_000 } })
  })

  it.each([
    ["CI_HEALING_WEBHOOK_MAX_BYTES", "1023"],
    ["CI_HEALING_WEBHOOK_MAX_BYTES", "1073741824"],
    ["CI_HEALING_WEBHOOKS_PER_MINUTE", "0"],
    ["CI_HEALING_WEBHOOKS_PER_MINUTE", "-1"],
    ["CI_HEALING_WEBHOOK_BODY_TIMEOUT_MS", "0"],
    ["CI_HEALING_INGEST_PORT", "65536"],
  ])("cannot be %s=%s, and the message names the variable", (name, value) => {
    expect(read({ [name]: value })).toMatchObject({ failure: { message: expect.stringContaining(name) } })
  })
})
