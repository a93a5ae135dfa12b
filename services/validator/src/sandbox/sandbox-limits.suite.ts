/** Part of the contract of `Sandbox`: what a command may use up. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { type Sandbox, succeeded } from "./Sandbox.ts"
import { isAlive, run } from "./sandbox-fixture.ts"

export const limitsSuite = (it: Vitest.MethodsNonLive<Sandbox>) => {
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

  it.effect("shows a command as many processors as it may use", () =>
    Effect.gen(function* () {
      const { output } = yield* run("nproc; node -p 'os.availableParallelism()'", { limits: { cpus: 1 } })
      expect(output.text).toBe("1\n1\n")
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

  it.effect("counts shared memory too", () =>
    Effect.gen(function* () {
      const share = "import mmap; m = mmap.mmap(-1, 400 << 20); [m.__setitem__(i, 1) for i in range(0, 400 << 20, 4096)]; print('had it')"
      const result = yield* run(`python3 -c "${share}; import time; time.sleep(5)"`, { limits: { memoryMb: 150 } })
      expect(result.ended).toBe("memory")
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
      expect(result.durationMs).toBeLessThan(10_000)
    }),
  )
}
