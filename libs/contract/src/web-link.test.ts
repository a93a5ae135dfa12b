import { describe, expect, it } from "vitest"
import { isWebLink } from "./web-link.ts"

describe("what may be shown as a link", () => {
  it.each(["https://github.com/acme/shop/pull/5", "http://127.0.0.1:3000/x?y=1#z", "HTTPS://CI.TEST"])("is %s", (text) => {
    expect(isWebLink(text)).toBe(true)
  })

  it.each([
    "javascript:alert(1)",
    "httpx://ci.test/",
    "file:///etc/passwd",
    "//ci.test/",
    "http://",
    "https://github.com@evil.test/",
    "https://user:password@ci.test/",
    "https://:password@ci.test/",
    " https://ci.test/",
    "https://ci.test/a b",
    "https://ci.test/|<!channel>",
    "",
  ])("is not %j", (text) => {
    expect(isWebLink(text)).toBe(false)
  })
})
