import { describe, expect, it } from "vitest"
import { containerFor } from "./docker-container.ts"
import { defaultLimits, type SandboxRequest } from "./Sandbox.ts"

const request: SandboxRequest = { label: "cmd-1", command: "npm test; exit $?", root: "/views/1", env: { EXTRA: "yes" } }
const built = (change: Partial<SandboxRequest> = {}, runtime?: string) =>
  containerFor({
    image: "image:1",
    runtime,
    owner: "me",
    user: { uid: 7, gid: 8 },
    request: { ...request, ...change },
    limits: defaultLimits,
  })

describe("a sandbox's container", () => {
  it("is denied what a daemon can deny", () => {
    expect(built()).toMatchObject({
      User: "7:8",
      HostConfig: {
        NetworkMode: "none",
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges:true"],
        Init: true,
        PidsLimit: 1027,
        Memory: 2048 * 1024 * 1024,
        MemorySwap: 2048 * 1024 * 1024,
        NanoCpus: 2e9,
      },
    })
    expect(built().HostConfig?.Privileged).toBeUndefined()
  })

  it("has one writable mount, the view", () => {
    const mounts = built({ mounts: [{ from: "/layers/1", at: "/workspace/node_modules" }] }).HostConfig?.Mounts ?? []
    expect(mounts.filter(({ ReadOnly }) => !ReadOnly).map(({ Source, Target }) => [Source, Target])).toEqual([["/views/1", "/workspace"]])
    expect(mounts).toHaveLength(2)
  })

  it("keeps a deadline of its own, a little after the service's", () => {
    expect(built().Entrypoint?.slice(0, 4)).toEqual(["timeout", "-s", "KILL", "605"])
    expect(built({ shell: "bash" }).Entrypoint?.slice(-3)).toEqual(["/bin/bash", "-c", "npm test; exit $?"])
  })

  it("has no network even when it may reach the proxy", () => {
    const { HostConfig } = built({ network: { relay: "/relay" } })
    expect(HostConfig?.NetworkMode).toBe("none")
    expect(HostConfig?.Mounts).toContainEqual(expect.objectContaining({ Source: "/relay", Target: "/run/registry-proxy", ReadOnly: true }))
  })

  it("is labelled, and runs where it is told", () => {
    expect(built({}, "runsc")).toMatchObject({
      Labels: { "ci-fix-pilot.owner": "me", "ci-fix-pilot.command": "cmd-1" },
      HostConfig: { Runtime: "runsc" },
    })
    expect(Object.keys(built().HostConfig ?? {})).not.toContain("Runtime")
  })
})
