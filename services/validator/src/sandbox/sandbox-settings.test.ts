import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { sandboxSettings } from "./sandbox-settings.ts"

const settingsWith = (environment: Record<string, string>) =>
  sandboxSettings.pipe(Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(environment)))

it.effect("works with nothing set", () =>
  Effect.map(settingsWith({}), (settings) => {
    expect(settings).toMatchObject({ kind: "auto", image: "ci-fix-pilot/sandbox:1", toolchains: [], limitsBy: "auto" })
    expect(settings.user.uid).not.toBe(0)
  }),
)

it.effect("takes installations with different workspaces for different owners, and copies of one for the same", () =>
  Effect.gen(function* () {
    const owner = (environment: Record<string, string>) => Effect.map(settingsWith(environment), (settings) => settings.owner)
    const owners = [
      yield* owner({}),
      yield* owner({ CI_HEALING_WORKSPACE_DIR: "/data/a" }),
      yield* owner({ CI_HEALING_WORKSPACE_DIR: "/data/b" }),
      yield* owner({ CI_HEALING_SANDBOX_OWNER: "mine", CI_HEALING_WORKSPACE_DIR: "/data/a" }),
    ]
    expect(new Set(owners).size).toBe(4)
    expect(owners[3]).toBe("mine")
    expect(yield* owner({ CI_HEALING_WORKSPACE_DIR: "/data/a" })).toBe(owners[1])
    expect(yield* owner({ CI_HEALING_WORKSPACE_DIR: ".data/workspace" })).toBe(owners[0])
  }),
)

it.effect("takes only absolute directories as toolchains", () =>
  Effect.map(settingsWith({ CI_HEALING_SANDBOX_TOOLCHAINS: "/opt/go::relative:/opt/java" }), ({ toolchains }) =>
    expect(toolchains).toEqual(["/opt/go", "/opt/java"]),
  ),
)

it.effect("names the variable that makes no sense", () =>
  Effect.gen(function* () {
    for (const name of ["CI_HEALING_SANDBOX", "CI_HEALING_SANDBOX_UID", "CI_HEALING_SANDBOX_LIMITS"])
      expect(String(yield* Effect.flip(settingsWith({ [name]: "nonsense" })))).toContain(name)
  }),
)
