import { describe, expect, it } from "vitest"
import { cgroupRootsIn, limitFiles } from "./bubblewrap-cgroup.ts"
import { defaultLimits } from "./Sandbox.ts"

const version1 = `25 20 0:22 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
26 25 0:23 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
27 25 0:24 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
28 25 0:25 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
29 25 0:26 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw`
const version2 = "25 20 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"

describe("cgroups", () => {
  it("are found in version 1, where each controller has its own place", () => {
    expect(cgroupRootsIn(version1)).toEqual({
      version: 1,
      memory: "/sys/fs/cgroup/memory",
      pids: "/sys/fs/cgroup/pids",
      cpu: "/sys/fs/cgroup/cpu,cpuacct",
    })
  })

  it("are found in version 2, where one place has all", () => {
    expect(cgroupRootsIn(version2)).toEqual({ version: 2, memory: "/sys/fs/cgroup", pids: "/sys/fs/cgroup", cpu: "/sys/fs/cgroup" })
  })

  it("are not used when the controllers that matter are not there", () => {
    expect(cgroupRootsIn("")).toBeUndefined()
    expect(cgroupRootsIn(version1.replace(/^28.*\n/mu, ""))).toBeUndefined()
  })

  it.each([
    [version1, ["memory.limit_in_bytes 2147483648", "pids.max 1030", "cpu.cfs_period_us 100000", "cpu.cfs_quota_us 200000"]],
    [version2, ["memory.max 2147483648", "memory.swap.max 0", "pids.max 1030", "cpu.max 200000 100000"]],
  ])("are told the limits in their version's words", (mountinfo, expected) => {
    const roots = cgroupRootsIn(mountinfo)
    const written = roots === undefined ? [] : limitFiles(roots, defaultLimits).map(([, file, value]) => `${file} ${value}`)
    expect(written).toEqual(expected)
  })
})
