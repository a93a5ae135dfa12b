import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeEach, describe, expect, it } from "vitest"
import { CannotProvide } from "../provision/say.ts"
import { provideSandbox } from "./provide-sandbox.ts"

const folder = mkdtempSync(join(tmpdir(), "sandbox-"))
const socket = join(folder, "docker.sock")
const DOCKER_HOST = `unix://${socket}`
/** As much of a daemon as is asked whether it is there. */
const daemon = Bun.serve({ unix: socket, fetch: ({ url }) => new Response("OK", { status: url.endsWith("/_ping") ? 200 : 404 }) })
afterAll(async () => {
  await daemon.stop(true)
  rmSync(folder, { recursive: true, force: true })
})

const nobody = `unix://${join(folder, "none")}`
const docker = { CI_HEALING_SANDBOX: "docker" }
const bubblewrap = { CI_HEALING_SANDBOX: "bubblewrap", CI_HEALING_SANDBOX_BUBBLEWRAP: "/bin/bwrap" }
let built: Array<string>
beforeEach(() => {
  built = []
})

const provide = (told: Readonly<Record<string, string>>, refuse?: Error) =>
  provideSandbox(
    told,
    async (at) => {
      if (refuse !== undefined) throw refuse
      built.push(at)
    },
    async () => "/bin/bwrap",
  )

describe("the sandbox of this machine", () => {
  it.each([{}, { CI_HEALING_SANDBOX: "auto" }, { CI_HEALING_SANDBOX: "" }, docker])(
    "is Docker with our image where a daemon answers: %o",
    async (told) => {
      expect(await provide({ DOCKER_HOST, ...told })).toEqual(docker)
      expect(built).toEqual([socket])
    },
  )

  it("is bubblewrap where none answers, or where it is asked for", async () => {
    expect(await provide({ DOCKER_HOST: nobody })).toEqual(bubblewrap)
    expect(await provide({ DOCKER_HOST, CI_HEALING_SANDBOX: "bubblewrap" })).toEqual(bubblewrap)
    expect(built).toEqual([])
  })

  it("takes an image that somebody names as it is", async () => {
    expect(await provide({ DOCKER_HOST, CI_HEALING_SANDBOX_IMAGE: "acme/sandbox:3" })).toEqual(docker)
    expect(built).toEqual([])
  })

  it("is bubblewrap where our image cannot be made, unless Docker is asked for", async () => {
    const byRoot = new CannotProvide("by root only")
    expect(await provide({ DOCKER_HOST }, byRoot)).toEqual(bubblewrap)
    await expect(provide({ DOCKER_HOST, ...docker }, byRoot)).rejects.toBe(byRoot)
    await expect(provide({ DOCKER_HOST }, new Error("a bug"))).rejects.toThrow("a bug")
  })

  it("is refused where Docker is asked for and none answers", async () => {
    await expect(provide({ DOCKER_HOST: nobody, ...docker })).rejects.toThrow(/No Docker daemon answers at unix:.*Run: /u)
  })
})
