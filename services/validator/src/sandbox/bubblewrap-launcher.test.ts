import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { launchCommand } from "./bubblewrap-launcher.ts"

/** The script's last line, run with `printf` in place of bubblewrap and nothing before it. */
const argumentsThrough = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [, , script = ""] = launchCommand({ procs: [], bubblewrap: ["bwrap", ...args] })
  const last = script.slice(script.indexOf("exec 'setpriv'"))
  const { stdout } = spawnSync("bash", ["-c", `setpriv() { printf '%s\\0' "$@"; }; ${last.replace(/^exec /u, "")}`], { encoding: "utf8" })
  return stdout.split("\0").slice(6, -1)
}

describe("the launcher", () => {
  it("passes every argument on as it is", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "'", '"', "$", "`", "\\", "\n", " ", ";", "*", "é") })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (args) => {
        expect(argumentsThrough(args)).toEqual(args)
      }),
      { numRuns: 15 },
    )
  })

  it("as root stages the paths in a mount namespace of its own, joins the cgroup and gives root up", () => {
    const stage = { at: "/stage", paths: ["/private/secret's/view"], user: { uid: 10001, gid: 10001 } }
    const [program, ...rest] = launchCommand({ stage, procs: ["/cg/cgroup.procs"], bubblewrap: ["bwrap"] })
    const script = rest.at(-1) ?? ""
    expect([program, ...rest.slice(0, 3)]).toEqual(["unshare", "--mount", "--propagation", "private"])
    expect(script).toContain(`'/private/secret'\\''s/view /stage/0' > '/stage/fstab'\nmount --all --fstab '/stage/fstab'`)
    expect(script).toContain("echo $$ > '/cg/cgroup.procs'")
    expect(script).toMatch(/exec 'setpriv' '--reuid' '10001' '--regid' '10001' '--clear-groups' .*'--bounding-set=-all' '--no-new-privs'/u)
  })

  it("stages a path of any name as it is", () => {
    const names = ["a b", "tab\tand\nline", "back\\slash\\040", "#hash", "it's é"].map((name) => `/private/${name}`)
    const stage = { at: "/stage", paths: names, user: { uid: 10001, gid: 10001 } }
    const script = launchCommand({ stage, procs: [], bubblewrap: ["bwrap"] }).at(-1) ?? ""
    const directory = mkdtempSync(join(tmpdir(), "ci-fix-pilot-fstab-"))
    const table = join(directory, "fstab")
    const print = script.slice(script.indexOf("printf "), script.indexOf(" > '/stage/fstab'"))
    writeFileSync(table, spawnSync("bash", ["-c", print]).stdout)
    const { stdout } = spawnSync("findmnt", ["--fstab", "--tab-file", table, "--json", "--output", "SOURCE"], { encoding: "utf8" })
    rmSync(directory, { recursive: true })
    expect(JSON.parse(stdout).filesystems.map(({ source }: { source: string }) => source)).toEqual(names)
  })

  it("as anybody else needs no right", () => {
    const command = launchCommand({ procs: [], bubblewrap: ["bwrap"] })
    expect(command[0]).toBe("bash")
    expect(command.join(" ")).not.toMatch(/\bmount\b|chown|reuid/u)
  })
})
