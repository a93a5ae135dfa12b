import { describe, expect, it } from "vitest"
import { isLoopback, passedOn, readUploadPack, shows, upstreamOf } from "./upload-pack-request.ts"

const read = (method: string, path: string) => readUploadPack(method, new URL(`http://mirror${path}`))
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`

describe("a request to the mirror", () => {
  it.each([
    ["GET", "/git/acme/shop.git/info/refs?service=git-upload-pack", "refs"],
    ["GET", "/acme/shop.git/info/refs?service=git-upload-pack", "refs"],
    ["POST", "/git/acme/shop.git/git-upload-pack", "pack"],
    ["POST", "/git/acme/shop.js.git/git-upload-pack", "pack"],
  ] as const)("%s %s is a fetch", (method, path, step) => {
    expect(read(method, path)).toMatchObject({ step })
  })

  it.each([
    ["GET", "/git/acme/shop.git/info/refs?service=git-receive-pack"],
    ["GET", "/git/acme/shop.git/info/refs"],
    ["GET", "/git/acme/shop.git/info/refs?service=git-upload-pack&x=1"],
    ["POST", "/git/acme/shop.git/git-receive-pack"],
    ["POST", "/git/acme/shop.git/git-upload-pack?x=1"],
    ["POST", "/git/acme/shop.git/info/refs?service=git-upload-pack"],
    ["GET", "/git/acme/shop.git/git-upload-pack"],
    ["GET", "/git/acme/shop.git/HEAD"],
    ["GET", "/git/acme/shop.git/objects/info/packs"],
    ["GET", "/git/../shop.git/info/refs?service=git-upload-pack"],
    ["GET", "/git/acme/%2e%2e/info/refs?service=git-upload-pack"],
    ["GET", "/git/-acme/shop.git/info/refs?service=git-upload-pack"],
    ["GET", "/git/a/b/c.git/info/refs?service=git-upload-pack"],
    ["GET", "/"],
  ])("%s %s is refused", (method, path) => {
    expect(read(method, path)).toBeUndefined()
  })

  it("goes to the same place on the real host", () => {
    expect(upstreamOf("https://ghe.example/", { repository: "acme/shop", step: "refs" }).href).toBe(
      "https://ghe.example/acme/shop.git/info/refs?service=git-upload-pack",
    )
    expect(upstreamOf("https://github.com", { repository: "acme/shop", step: "pack" }).href).toBe(
      "https://github.com/acme/shop.git/git-upload-pack",
    )
  })

  it("takes along only what the protocol needs", () => {
    const headers = new Headers({
      authorization: "Bearer x",
      cookie: "a=b",
      "git-protocol": "version=2",
      accept: "*/*",
      host: "h",
      "x-forwarded-for": "1",
    })
    expect(passedOn(headers)).toEqual({ accept: "*/*", "git-protocol": "version=2" })
  })
})

describe("the mirror's token", () => {
  it.each(["Bearer secret", "bearer secret", basic("any", "secret"), basic("", "secret")])("is shown by %j", (header) => {
    expect(shows(header, "secret")).toBe(true)
  })

  it.each([
    null,
    "",
    "secret",
    "Bearer ",
    "Bearer secre",
    "Bearer secrett",
    basic("secret", ""),
    basic("secret", "x"),
    "Basic !!!",
    "Token secret",
  ])("is not shown by %j", (header) => {
    expect(shows(header, "secret")).toBe(false)
  })
})

describe("an address of this machine only", () => {
  it.each(["127.0.0.1", "127.8.9.1:80", "localhost", "LOCALHOST:3003", "[::1]:3003", "::1"])("is %s", (host) => {
    expect(isLoopback(host)).toBe(true)
  })
  it.each(["0.0.0.0", "", "github:3003", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "[::]"])("is not %s", (host) => {
    expect(isLoopback(host)).toBe(false)
  })
})
