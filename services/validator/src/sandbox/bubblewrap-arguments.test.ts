import { describe, expect, it } from "vitest"
import { bubblewrapArguments, type Host, markerName, mountsFor } from "./bubblewrap-arguments.ts"
import { markerIn } from "./bubblewrap-processes.ts"
import { defaultLimits, type SandboxRequest } from "./Sandbox.ts"

const host: Host = {
  roots: [
    ["/bin", "usr/bin"],
    ["/lib64", null],
  ],
  toolchains: { mounts: [{ from: "/opt/node", at: "/opt/node" }], path: ["/opt/node/bin"] },
  hidden: ["/usr/etc/npmrc"],
  cpus: [0, 1],
  etc: "/state",
}
const request: SandboxRequest = { label: "cmd-1", command: "npm test", root: "/views/1", cwd: "packages/a", env: { CI: "1" } }

const built = (change: Partial<SandboxRequest> = {}) => {
  const changed = { ...request, ...change }
  const user = { uid: 10001, gid: 10001 }
  const mounts = mountsFor(host, changed)
  return bubblewrapArguments({ host, user, marker: "me:cmd-1", request: changed, limits: defaultLimits, view: "/views/1", mounts })
}

/** The values that follow each occurrence of an option. */
const valuesOf = (args: ReadonlyArray<string>, option: string, count: number) =>
  args.flatMap((arg, index) => (arg === option ? [args.slice(index + 1, index + 1 + count).join(" ")] : []))

describe("the command line of bubblewrap", () => {
  it("leaves every namespace of the machine and forbids new ones", () => {
    for (const option of [
      "--unshare-user",
      "--unshare-pid",
      "--unshare-net",
      "--unshare-ipc",
      "--unshare-uts",
      "--disable-userns",
      "--die-with-parent",
    ])
      expect(built()).toContain(option)
    expect(built().some((arg) => arg.startsWith("--share"))).toBe(false)
  })

  it("shows one writable place, and nothing of the machine's etc, home, root or sys", () => {
    expect(valuesOf(built(), "--bind", 2)).toEqual(["/views/1 /workspace"])
    const shown = [...valuesOf(built(), "--ro-bind", 2), ...valuesOf(built(), "--ro-bind-try", 2)].map((pair) => pair.split(" ")[0])
    expect(shown.filter((path) => /^\/(etc|home|root|sys|run|var)(\/|$)/u.test(path ?? ""))).toEqual([
      ...["/etc/ssl/certs", "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ca-certificates"],
    ])
    expect(valuesOf(built(), "--ro-bind", 2)).toContain("/dev/null /usr/etc/npmrc")
  })

  it("clears the environment before it sets one, in which the request has the last word but not over the marker", () => {
    const args = built({ env: { CI: "1", [markerName]: "forged" } })
    expect(args.indexOf("--clearenv")).toBeLessThan(args.indexOf("--setenv"))
    expect(valuesOf(args, "--setenv", 2)).toContain("CI 1")
    expect(markerIn(["bwrap", "--json-status-fd", "3", ...args].join("\0"))).toBe("me:cmd-1")
  })

  it("searches the request's directories, then the toolchains, then the system's", () => {
    const path = valuesOf(built({ path: ["/workspace/bin"] }), "--setenv", 2).find((pair) => pair.startsWith("PATH "))
    expect(path).toMatch(/^PATH \/workspace\/bin:\/opt\/node\/bin:\/usr\/local\/sbin:/u)
  })

  it("ends with the limits, a deadline of its own and the command, which is one argument", () => {
    const args = built({ command: "rm -rf / --no-preserve-root; echo '$HOME'" })
    const command = args.slice(args.indexOf("--") + 1)
    expect(command.slice(-5)).toEqual(["--signal=KILL", "605", "/bin/sh", "-c", "rm -rf / --no-preserve-root; echo '$HOME'"])
    expect(valuesOf(args, "--chdir", 1)).toEqual(["/workspace/packages/a"])
  })

  it("shows the proxy's directory to an installation only", () => {
    expect(built().join(" ")).not.toContain("/run/registry-proxy")
    expect(valuesOf(built({ network: { relay: "/relay" } }), "--ro-bind", 2)).toContain("/relay /run/registry-proxy")
  })
})

describe("the marker of a sandbox", () => {
  it("is found only in bubblewrap's own arguments", () => {
    const args = ["bwrap", "--json-status-fd", "3", "--setenv", markerName, "me:cmd-1"]
    expect(markerIn([...args, "--", "sh"].join("\0"))).toBe("me:cmd-1")
    expect(markerIn(["bwrap", "--json-status-fd", "3", "--", "sh", "--setenv", markerName, "me:other"].join("\0"))).toBeUndefined()
    expect(markerIn(["sh", "-c", "--setenv", markerName, "me:other", "--"].join("\0"))).toBeUndefined()
    expect(markerIn("")).toBeUndefined()
  })
})
