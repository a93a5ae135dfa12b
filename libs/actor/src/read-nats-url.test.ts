import { describe, expect, it } from "vitest"
import { readNatsUrl } from "./read-nats-url.ts"

describe("NATS_URL", () => {
  it.each([
    ["nats://127.0.0.1:4222", ["nats://127.0.0.1:4222"], undefined],
    ["nats.example.test", ["nats://nats.example.test"], undefined],
    ["nats://[::1]:4222", ["nats://[::1]:4222"], undefined],
    ["tls://a.test:4222", ["tls://a.test:4222"], undefined],
    ["nats://ann:s3cret@a.test:4222", ["nats://a.test:4222"], { user: "ann", pass: "s3cret" }],
    ["nats://ann:s%403%2Fcret%25@a.test", ["nats://a.test"], { user: "ann", pass: "s@3/cret%" }],
    ["nats://t0ken@a.test", ["nats://a.test"], { token: "t0ken" }],
    ["nats://ann:pw@a:1, nats://b:2", ["nats://a:1", "nats://b:2"], { user: "ann", pass: "pw" }],
    ["nats://ann:pw@a:1,nats://ann:pw@b:2", ["nats://a:1", "nats://b:2"], { user: "ann", pass: "pw" }],
  ])("%s is servers and a login", (text, servers, login) => expect(readNatsUrl(text)).toEqual({ servers, login }))

  it.each([
    ["", "not an address"],
    ["nats://ann:s3cret@", "not an address"],
    ["nats://a:1,", "not an address"],
    ["nats://a:port-s3cret", "not an address"],
    ["http://ann:s3cret@a.test", "not an address"],
    ["nats://ann:s3cret%zz@a.test", "%25"],
    ["nats://ann:s3cret@a.test,nats://bob:s3cret@b.test", "several logins"],
  ])("%s is refused by its name, and not repeated", (text, why) => {
    expect(() => readNatsUrl(text)).toThrow(why)
    expect(() => readNatsUrl(text)).toThrow(/^NATS_URL (?!.*s3cret)/u)
  })
})
