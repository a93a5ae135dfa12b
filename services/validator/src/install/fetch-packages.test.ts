import { Effect, Result } from "effect"
import { describe, expect, it } from "vitest"
import type { SandboxResult } from "../sandbox/Sandbox.ts"
import { fetchPackages } from "./fetch-packages.ts"
import { installPlan } from "./install-commands.ts"

type Wants = Readonly<Record<string, string>>
const manifest = (devDependencies: Wants, dependencies: Wants = {}) =>
  new Map([["package.json", JSON.stringify({ dependencies, devDependencies })]])
const namesIn = (text: string): ReadonlyArray<string> => {
  const { dependencies, devDependencies }: { dependencies: Wants; devDependencies: Wants } = JSON.parse(text)
  return Object.keys({ ...dependencies, ...devDependencies })
}
const absent = (name: string) => `npm error 404  '${name}@1' is not in this registry.\n`

/** Installs with npm; `refuses` gives what is printed against these packages, if anything. */
const fetching = async (
  texts: ReadonlyMap<string, string>,
  refuses: (names: ReadonlyArray<string>) => string | undefined,
  files: ReadonlyArray<string> = [],
) => {
  const runs: Array<string> = []
  const fetched = await Effect.runPromise(
    Effect.result(
      fetchPackages({
        ways: installPlan("npm", files, "http://127.0.0.1:4873/~0/").fetch,
        texts,
        allSpare: false,
        run: ({ name }, wanted) => {
          const names = namesIn(wanted.get("package.json") ?? "")
          const text = refuses(names)
          runs.push(`${name}: ${names.join(" ")}`)
          const output = { text: text ?? "", bytes: 0, truncated: false }
          const result: SandboxResult = { ended: "exited", exitCode: text === undefined ? 0 : 1, durationMs: 1, output }
          return Effect.succeed(result)
        },
        unreachable: () => undefined,
      }),
    ),
  )
  return { fetched: Result.isSuccess(fetched) ? fetched.success : fetched.failure, runs }
}
const refusing =
  (...gone: ReadonlyArray<string>) =>
  (names: ReadonlyArray<string>) => {
    const found = names.find((name) => gone.includes(name))
    return found === undefined ? undefined : absent(found)
  }

describe("packages that cannot be had", () => {
  it("are left out one after the other where only work on the project needs them, and are named", async () => {
    const { fetched, runs } = await fetching(manifest({ tape: "5", gone: "^1", lost: "2" }, { lodash: "4" }), refusing("gone", "lost"), [
      "package-lock.json",
    ])
    expect(fetched).toMatchObject({
      by: "npm install",
      notInstalled: [
        "gone@^1 (devDependencies of package.json): the registry does not have it",
        "lost@2 (devDependencies of package.json): the registry does not have it",
      ],
    })
    expect(runs.filter((run) => run.startsWith("npm ci"))).toHaveLength(1)
    expect(runs.at(-1)).toBe("npm install: lodash tape")
  })

  it("take with them whatever of that needs them, and nothing else", async () => {
    const names = ["a", "b", "c", "d", "e"]
    for (const asks of names) {
      const { fetched } = await fetching(manifest(Object.fromEntries(names.map((name) => [name, "1"]))), (wanted) =>
        wanted.includes(asks) ? absent("deep") : undefined,
      )
      expect(fetched).toMatchObject({
        notInstalled: [`${asks}@1 (devDependencies of package.json): it needs deep, and the registry does not have it`],
      })
    }
  })

  it("are left out when they are not the registry's", async () => {
    const { fetched } = await fetching(manifest({ tape: "5", fork: "github:acme/fork" }), (names) =>
      names.includes("fork") ? "npm error command git --no-replace-objects ls-remote ssh://git@example.com/acme/fork.git\n" : undefined,
    )
    expect(fetched).toMatchObject({
      notInstalled: ["fork@github:acme/fork (devDependencies of package.json): it does not come from the registry"],
    })
  })

  it("are left out with every repository at once, as none can be reached", async () => {
    const { fetched, runs } = await fetching(
      manifest({ gone: "1", fork: "acme/fork", page: "git+ssh://git@example.com/page.git" }),
      refusing("gone"),
    )
    expect(fetched).toMatchObject({ notInstalled: [/gone/u, /fork/u, /page/u].map((name) => expect.stringMatching(name)) })
    expect(runs).toEqual(["npm install: gone fork page", "npm install: "])
  })

  it("fail the installation where the project itself asks for them, and the failure says who", async () => {
    const own = await fetching(manifest({ tape: "5" }, { gone: "1" }), refusing("gone"))
    expect(own.fetched).toMatchObject({
      _tag: "InstallFailed",
      reason: expect.stringContaining("gone (dependencies of package.json): the registry does not have it."),
    })
    const deep = await fetching(manifest({ tape: "5" }, { lodash: "4" }), () => absent("deep"))
    expect(deep.fetched).toMatchObject({
      reason: expect.stringContaining("deep (asked for by another package): the registry does not have it."),
    })
  })

  it("are not looked for when the package manager refuses something else", async () => {
    const { fetched, runs } = await fetching(manifest({ tape: "5" }), () => "npm error code EINTEGRITY\n", ["package-lock.json"])
    expect(fetched).toMatchObject({ _tag: "InstallFailed", kind: "refused" })
    expect(runs).toEqual(["npm ci: tape"])
  })

  describe("of a Go module beside the root's", () => {
    const going = (unreachable?: string) =>
      Effect.runPromise(
        Effect.result(
          fetchPackages({
            ways: installPlan("go", ["go.mod", "tools/go.mod"], "http://127.0.0.1:4873/~0/").fetch,
            texts: new Map(),
            allSpare: false,
            run: () => {
              const output = { text: "go: example.com/gone@v1.0.0: not found\nnot fetched: tools\n", bytes: 0, truncated: false }
              return Effect.succeed<SandboxResult>({ ended: "exited", exitCode: 0, durationMs: 1, output })
            },
            unreachable: () => unreachable,
          }),
        ),
      )

    it("are named, though the others are there", async () => {
      expect(await going()).toMatchObject({
        success: { by: "go mod download", notInstalled: ["the Go modules that tools/go.mod asks for: not all of them can be had"] },
      })
    })

    it("are asked for again where it was the proxy that was away", async () => {
      expect(await going("proxy.test answered 503")).toMatchObject({
        failure: { _tag: "InstallFailed", kind: "registry-unreachable", reason: expect.stringContaining("503") },
      })
    })
  })
})
