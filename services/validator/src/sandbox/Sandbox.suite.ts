/** What every sandbox must do, whatever is run in it. The commands are real; so is the machine they try to leave. */
import { chown, mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, layer } from "@effect/vitest"
import { Duration, Effect, Fiber, type Layer } from "effect"
import { Sandbox, type SandboxKind, SandboxUnavailable, succeeded } from "./Sandbox.ts"
import { escapesSuite } from "./sandbox-escapes.suite.ts"
import { isAlive, refuses, run, startAndStay, untilAlive, untilDead, view } from "./sandbox-fixture.ts"
import { limitsSuite } from "./sandbox-limits.suite.ts"

/** Who asks first waits for longer than this (ms): docker gives a container ten seconds. */
const politeStop = 5_000

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

    it.effect("lets a command talk to itself, in its own time zone and with nothing to read", () =>
      Effect.gen(function* () {
        const server = "require('net').createServer((c) => c.end('served')).listen(8080, () => spawn())"
        const client = `bash -c 'cat < /dev/tcp/sandbox/8080; cat < /dev/tcp/localhost/8080'`
        const script = `const spawn = () => require('child_process').exec(${JSON.stringify(client)}, (error, out) => { console.log(out); process.exit(0) }); ${server}`
        const { output } = yield* run('node -e "$SCRIPT"; node -p "new Date(0).getHours()"; wc -c < /dev/stdin', {
          env: { SCRIPT: script },
        })
        expect(output.text).toBe("servedserved\n0\n0\n")
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

    it.effect("kills everything at once when it is interrupted", () =>
      Effect.gen(function* () {
        const fiber = yield* startAndStay("trap '' TERM; setsid sleep 16180 & sleep 16180 &")
        yield* untilAlive("16180")
        const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
        const [took] = yield* Effect.timed(untilDead("16180"))
        expect(Duration.toMillis(took)).toBeLessThan(politeStop)
        yield* Fiber.join(interruption)
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
        yield* untilAlive("11235")
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

    limitsSuite(it)
    escapesSuite(it)
  })
