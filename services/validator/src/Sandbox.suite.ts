/** What every sandbox must do, whatever is run in it. The commands are real; so is the machine they try to leave. */
import { chown, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import { expect, layer } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, type Layer } from "effect"
import { Sandbox, type SandboxKind, type SandboxRequest, SandboxUnavailable, succeeded } from "./Sandbox.ts"

/** A fresh view, owned as the workspace makes it. */
const view = Effect.gen(function* () {
  const { user } = yield* Sandbox
  return yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const root = await mkdtemp(join(tmpdir(), "ci-fix-pilot-view-"))
      await chown(root, user.uid, user.gid)
      return root
    }),
    (root) => Effect.promise(() => rm(root, { recursive: true, force: true })),
  )
})

const run = (command: string, request: Partial<SandboxRequest> = {}) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox
    const root = request.root ?? (yield* view)
    return yield* sandbox.run({
      label: "suite",
      command,
      ...request,
      root,
      limits: { timeoutMs: 20_000, memoryMb: 256, processes: 64, diskMb: 32, tmpMb: 16, ...request.limits },
    })
  })

/** Starts a command that says `ready` and stays; succeeds when it said so. */
const startAndStay = (command: string, request: Partial<SandboxRequest> = {}) =>
  Effect.gen(function* () {
    const ready = yield* Deferred.make<void>()
    const onOutput = (chunk: Uint8Array) => {
      if (new TextDecoder().decode(chunk).includes("ready")) Deferred.doneUnsafe(ready, Effect.void)
    }
    const fiber = yield* Effect.forkChild(run(`${command} echo ready; sleep 60`, { ...request, onOutput }))
    yield* Effect.raceFirst(Deferred.await(ready), Fiber.join(fiber))
    return fiber
  })

/** Whether any process of this machine has `token` among its arguments. */
const isAlive = (token: string) =>
  Effect.promise(async () => {
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name))
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")))
    return lines.some((line) => line.split("\0").includes(token))
  })

/** Nothing tried inside may succeed: the command prints `escaped` for each thing that did. */
const refuses = (attempts: ReadonlyArray<string>, request: Partial<SandboxRequest> = {}) =>
  Effect.gen(function* () {
    const script = attempts.map((attempt, index) => `if ( ${attempt} ) >/dev/null 2>&1; then echo "escaped: ${index}"; fi`).join("\n")
    const { output, ended } = yield* run(`${script}\necho tried`, { shell: "bash", ...request })
    expect(output.text).toBe("tried\n")
    expect(ended).toBe("exited")
  })

export const sandboxSuite = <E>(name: string, kind: SandboxKind, live: Layer.Layer<Sandbox, E>) =>
  layer(live, { excludeTestServices: true, timeout: "120 seconds" })(name, (it) => {
    it.effect("says what it is", () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox
        const probe = yield* sandbox.probe
        expect(probe.kind).toBe(kind)
        expect(probe.version).toMatch(/^\d+\.\d+/)
      }),
    )

    it.effect("answers the exit code and both streams in order", () =>
      Effect.gen(function* () {
        const result = yield* run("echo one; echo two >&2; exit 7")
        expect(result).toMatchObject({ ended: "exited", exitCode: 7, output: { text: "one\ntwo\n", bytes: 8, truncated: false } })
        expect(succeeded(result)).toBe(false)
        expect(succeeded(yield* run("true"))).toBe(true)
        expect((yield* run("kill -9 $$")).exitCode).toBe(137)
        expect((yield* run("no-such-program")).exitCode).toBe(127)
        expect((yield* run("echo by name > /dev/stderr; echo again | tee /dev/stdout")).output.text).toBe("by name\nagain\nagain\n")
      }),
    )

    it.effect("runs in the view, whose files belong to the sandbox's user and stay", () =>
      Effect.gen(function* () {
        const { user } = yield* Sandbox
        const root = yield* view
        yield* Effect.promise(() => mkdir(join(root, "package")).then(() => chown(join(root, "package"), user.uid, user.gid)))
        const { output } = yield* run("pwd; id -u; echo made > file; stat -c %u file; mktemp >/dev/null && touch ~/.x && echo home", {
          root,
          cwd: "package",
        })
        expect(output.text).toBe(`/workspace/package\n${user.uid}\n${user.uid}\nhome\n`)
        expect(yield* Effect.promise(() => readFile(join(root, "package/file"), "utf8"))).toBe("made\n")
      }),
    )

    it.effect("shows a mount inside the view, read-only", () =>
      Effect.gen(function* () {
        const root = yield* view
        const library = yield* view
        yield* Effect.promise(() => mkdir(join(root, "node_modules")).then(() => writeFile(join(library, "x"), "library")))
        const mounts = [{ from: library, at: "/workspace/node_modules" }]
        expect((yield* run("cat node_modules/x", { root, mounts })).output.text).toBe("library")
        yield* refuses(["echo y > node_modules/x", "touch node_modules/y", "rm node_modules/x"], { root, mounts })
      }),
    )

    it.effect("has the fixed environment and what the request adds, nothing of the service's", () =>
      Effect.gen(function* () {
        const { output } = yield* run("env", { env: { EXTRA: "yes" } })
        const found = output.text
          .split("\n")
          .filter((line) => line !== "" && !/^(PWD|OLDPWD|SHLVL|_|HOSTNAME|CI_FIX_PILOT_SANDBOX|PATH)=/.test(line))
        expect(found.sort()).toEqual(["CI=true", "EXTRA=yes", "HOME=/home/sandbox", "LANG=C.UTF-8", "TERM=dumb"])
      }),
    )

    it.effect("searches the request's directories for programs before its own", () =>
      Effect.gen(function* () {
        const script =
          "mkdir -p bin; printf '#!/bin/sh\\necho mine' > bin/git; chmod +x bin/git; git; env -u PATH true; ls / > /dev/null && echo rest"
        expect((yield* run(script, { path: ["/workspace/bin"] })).output.text).toBe("mine\nrest\n")
      }),
    )

    it.effect("has the toolchains", () =>
      Effect.gen(function* () {
        const { output, exitCode } = yield* run(
          "node -e 'console.log(6*7)' && npm --version && python3 -c 'print(7)' && git --version && bash -c 'echo ok'",
        )
        expect(output.text).toMatch(/^42\n\d+\.\d+\.\d+\n7\ngit version .*\nok\n$/)
        expect(exitCode).toBe(0)
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

    it.effect("contains a fork bomb", () =>
      Effect.gen(function* () {
        const result = yield* run("bomb() { bomb | bomb & }; bomb; sleep 60 5>&1", {
          shell: "bash",
          limits: { timeoutMs: 2000, processes: 40 },
        })
        expect(["deadline", "exited"]).toContain(result.ended)
        expect(result.exitCode).not.toBe(0)
        expect(yield* isAlive("bomb() { bomb | bomb & }; bomb; sleep 60 5>&1")).toBe(false)
        expect(succeeded(yield* run("true"))).toBe(true)
      }),
    )

    it.effect("drops the middle of much output and ends endless output", () =>
      Effect.gen(function* () {
        const much = yield* run("head -c 3000000 /dev/zero | tr '\\0' x; echo end", { limits: { keepOutputBytes: 1000 } })
        expect(much).toMatchObject({ ended: "exited", exitCode: 0, output: { bytes: 3_000_004, truncated: true } })
        expect(much.output.text).toMatch(/^x+\n\[\.\.\. \d+ bytes left out \.\.\.\]\nx+end\n$/)
        expect(much.output.text.length).toBeLessThan(1100)

        const before = process.memoryUsage().rss
        const endless = yield* run("yes", { limits: { maxOutputBytes: 200_000_000, keepOutputBytes: 1000 } })
        expect(endless).toMatchObject({ ended: "output", exitCode: null })
        expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
      }),
    )

    it.effect("ends a memory hog and says memory, even if the command would go on", () =>
      Effect.gen(function* () {
        const result = yield* run("tail /dev/zero; exit 0", { limits: { memoryMb: 100 } })
        expect(result.ended).toBe("memory")
        expect(succeeded(result)).toBe(false)
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

    it.effect("ends a command that fills the disk, with one file or with many, or the temporary directory", () =>
      Effect.gen(function* () {
        const limits = { diskMb: 20, tmpMb: 8 }
        expect((yield* run("dd if=/dev/zero of=big bs=1M count=4000", { limits })).ended).toBe("disk")
        const many = "i=0; while :; do i=$((i+1)); head -c 3000000 /dev/zero > f$i; done"
        expect((yield* run(many, { limits })).ended).toBe("disk")
        expect((yield* run("dd if=/dev/zero of=/tmp/big bs=1M count=50", { limits })).exitCode).toBe(1)
        expect((yield* run("dd if=/dev/zero of=ok bs=1M count=10 2>/dev/null", { limits })).ended).toBe("exited")
      }),
    )

    it.effect("ends a command that ignores every polite signal at its deadline", () =>
      Effect.gen(function* () {
        const result = yield* run("trap '' TERM INT HUP QUIT; echo here; while :; do sleep 1; done", { limits: { timeoutMs: 1000 } })
        expect(result).toMatchObject({ ended: "deadline", exitCode: null, output: { text: "here\n" } })
        expect(result.durationMs).toBeGreaterThanOrEqual(990)
        expect(result.durationMs).toBeLessThan(3000)
      }),
    )

    it.effect("leaves nothing running, however it was detached", () =>
      Effect.gen(function* () {
        const result = yield* run("setsid nohup sleep 31415 >/dev/null 2>&1 & (setsid sleep 31415 >/dev/null 2>&1 &) ; sleep 0.2; exit 3")
        expect(result).toMatchObject({ ended: "exited", exitCode: 3 })
        expect(result.durationMs).toBeLessThan(5000)
        expect(yield* isAlive("31415")).toBe(false)
      }),
    )

    it.effect("has no capability, gains none, and cannot set the clock", () =>
      Effect.gen(function* () {
        const { output } = yield* run("grep -E '^(Cap|NoNewPrivs)' /proc/self/status | tr -d '\\t'")
        expect(
          output.text
            .trim()
            .split("\n")
            .map((line) => line.split(":")[1]),
        ).toEqual([...Array(5).fill("0000000000000000"), "1"])
        yield* refuses(["date -s 2001-01-01", "hostname other", "nice -n -5 true && [ $(nice -n -5 nice) -lt 0 ]"])
      }),
    )

    it.effect("sees only its own processes", () =>
      Effect.gen(function* () {
        const { output } = yield* run(
          "ls -d /proc/[0-9]* | wc -l; cat /proc/sys/kernel/pid_max >/dev/null; tr '\\0' '\\n' < /proc/1/environ",
        )
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
        expect(yield* isAlive("27182")).toBe(true)
        yield* Fiber.interrupt(first)
      }),
    )

    it.effect("kills everything within a second when it is interrupted", () =>
      Effect.gen(function* () {
        const fiber = yield* startAndStay("trap '' TERM; setsid sleep 16180 & sleep 16180 &")
        expect(yield* isAlive("16180")).toBe(true)
        const [took] = yield* Effect.timed(Fiber.interrupt(fiber))
        expect(yield* isAlive("16180")).toBe(false)
        expect(Duration.toMillis(took)).toBeLessThan(1000)
      }),
    )

    it.effect("reaps what no open command owns, and nothing else", () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox
        const open = yield* startAndStay("sleep 11235 &", { label: "open" })
        const closed = yield* startAndStay("sleep 81321 &", { label: "closed" })
        expect(yield* sandbox.reap((label) => Effect.succeed(label === "open"))).toEqual(["closed"])
        const failure = yield* Effect.flip(Fiber.join(closed))
        expect(failure).toBeInstanceOf(SandboxUnavailable)
        expect(yield* isAlive("81321")).toBe(false)
        expect(yield* isAlive("11235")).toBe(true)
        yield* Fiber.interrupt(open)
        expect(yield* sandbox.reap(() => Effect.succeed(false))).toEqual([])
      }),
    )

    it.effect("calls a view that is not there unavailable, not red", () =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(run("true", { root: "/nonexistent/view" }))
        expect(failure).toBeInstanceOf(SandboxUnavailable)
      }),
    )
  })
