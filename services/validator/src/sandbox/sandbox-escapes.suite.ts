/** Part of the contract of `Sandbox`: what a command may see and reach. */
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { homedir } from "node:os"
import { join } from "node:path"
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Sandbox } from "./Sandbox.ts"
import { isAlive, refuses, run, startAndStay, untilAlive, view } from "./sandbox-fixture.ts"

export const escapesSuite = (it: Vitest.MethodsNonLive<Sandbox>) => {
  it.effect("has the fixed environment and what the request adds, nothing of the service's", () =>
    Effect.gen(function* () {
      const { output } = yield* run("env", { env: { EXTRA: "yes" } })
      const found = output.text
        .split("\n")
        .filter((line) => line !== "" && !/^(PWD|OLDPWD|SHLVL|_|HOSTNAME|CI_FIX_PILOT_SANDBOX|PATH)=/.test(line))
      expect(found.sort()).toEqual(["CI=true", "EXTRA=yes", "HOME=/home/sandbox", "LANG=C.UTF-8", "TERM=dumb"])
    }),
  )

  it.effect("has no network: not outside, not the machine's, no metadata, no names", () =>
    Effect.gen(function* () {
      const server = Bun.serve({ port: 0, hostname: "0.0.0.0", fetch: () => new Response("reached") })
      yield* Effect.addFinalizer(() => Effect.promise(() => server.stop(true)))
      const tcp = (host: string, port: number) => `timeout 2 bash -c 'echo > /dev/tcp/${host}/${port}'`
      yield* refuses([
        tcp("127.0.0.1", server.port ?? 0),
        tcp("1.1.1.1", 443),
        tcp("169.254.169.254", 80),
        tcp("172.17.0.1", server.port ?? 0),
        "getent hosts example.com",
        "grep -qv -e lo: -e '|' /proc/net/dev",
        "timeout 2 bash -c 'echo x > /dev/udp/8.8.8.8/53'",
      ])
    }),
  )

  it.effect("refuses to write anywhere but the view, the temporary directories and the home", () =>
    Effect.gen(function* () {
      const secret = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(homedir(), ".ci-fix-pilot-suite-"))),
        (path) => Effect.promise(() => rm(path, { recursive: true })),
      )
      const places = [
        "/x",
        "/etc/x",
        "/usr/x",
        "/usr/local/bin/x",
        "/bin/x",
        "/run/x",
        "/var/x",
        "/dev/x",
        "/home/x",
        "/proc/sys/kernel/hostname",
      ]
      yield* refuses([
        ...places.map((place) => `echo x > ${place}`),
        "echo h > /proc/sysrq-trigger",
        `ls ${secret}`,
        "cat /etc/shadow",
        "mount -t tmpfs none /tmp",
        "mount -o remount,rw /usr",
        "unshare --user true",
        "unshare --mount true",
        "mknod /tmp/disk b 8 0",
        "chroot / true",
      ])
    }),
  )

  it.effect("follows no link out of the view", () =>
    Effect.gen(function* () {
      const root = yield* view
      const outside = yield* view
      yield* Effect.promise(async () => {
        await writeFile(join(outside, "secret"), "secret")
        await symlink(outside, join(root, "link"))
        await symlink(join(outside, "secret"), join(root, "file"))
      })
      yield* refuses(["cat file", "ls link/", "echo x > link/x", "echo x > file", `ls ${outside}`, "ln link/secret hard"], { root })
      expect(yield* Effect.promise(() => readFile(join(outside, "secret"), "utf8"))).toBe("secret")
    }),
  )

  it.effect("leaves nothing running, however it was detached", () =>
    Effect.gen(function* () {
      const result = yield* run("setsid nohup sleep 31415 >/dev/null 2>&1 & (setsid sleep 31415 >/dev/null 2>&1 &) ; sleep 0.2; exit 3")
      expect(result).toMatchObject({ ended: "exited", exitCode: 3 })
      expect(result.durationMs).toBeLessThan(20_000)
      expect(yield* isAlive("31415")).toBe(false)
    }),
  )

  it.effect("has no capability, gains none, and cannot set the clock", () =>
    Effect.gen(function* () {
      const { output } = yield* run("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | tr -d '\\t'")
      expect(
        output.text
          .trim()
          .split("\n")
          .map((line) => line.split(":")[1]),
      ).toEqual([...Array(5).fill("0000000000000000"), "1", "2"])
      yield* refuses(["date -s 2001-01-01", "hostname other", "nice -n -5 true && [ $(nice -n -5 nice) -lt 0 ]"])
    }),
  )

  it.effect("sees only its own processes", () =>
    Effect.gen(function* () {
      const { output } = yield* run("ls -d /proc/[0-9]* | wc -l; cat /proc/sys/kernel/pid_max >/dev/null; tr '\\0' '\\n' < /proc/1/environ")
      const [count = "", ...environment] = output.text.trim().split("\n")
      expect(Number(count)).toBeLessThan(10)
      expect(environment.filter((line) => /TOKEN|SECRET|KEY|DATABASE_URL|NATS/.test(line))).toEqual([])
    }),
  )

  it.effect("keeps two runs apart", () =>
    Effect.gen(function* () {
      const first = yield* startAndStay("echo mine > /tmp/mine; echo mine > /dev/shm/mine; echo mine > ~/mine; sleep 27182 &")
      yield* refuses(["ls /tmp/mine", "ls /dev/shm/mine", "ls ~/mine", "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep '2718[2]'"])
      yield* run("kill -9 -1")
      yield* untilAlive("27182")
      yield* Fiber.interrupt(first)
    }),
  )
}
