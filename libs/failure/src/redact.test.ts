import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { makeDigester } from "./digest.ts"
import { computedMs } from "./processor-time.suite.ts"
import { makeRedactor, redactCounted, redactText } from "./redact.ts"

const letters = (text: string, length: number) => Array.from({ length }, (_, at) => text[(at * 7 + 3) % text.length]).join("")
const MIXED = "Zx9Kd2Lm4Qw8Rt1Yb6Nc3Vh7"
const long = (length: number) => letters(MIXED, length)

/** Kind, the text a log shows, and the part of it that must never be seen. */
const planted: ReadonlyArray<readonly [kind: string, text: string, secret: string]> = [
  ["github-token", `remote: ghp_${long(36)} used`, `ghp_${long(36)}`],
  ["github-token", `gho_${long(36)}`, long(36)],
  ["github-token", `ghs_${long(36)}`, long(36)],
  ["github-token", `github_pat_${long(22)}_${long(59)}`, long(59)],
  ["aws-key-id", "found AKIAIOSFODNN7EXAMPLE here", "AKIAIOSFODNN7EXAMPLE"],
  ["aws-secret", "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
  ["slack-webhook", "POST https://hooks.slack.com/services/T00000000/B00000000/XXXXYYYYZZZZ", "T00000000/B00000000/XXXXYYYYZZZZ"],
  ["slack-token", "xoxb-123456789012-abcdefABCDEF", "123456789012-abcdefABCDEF"],
  ["api-key", `sk-ant-api03-${long(40)}`, long(40)],
  ["api-key", `using sk-proj-${long(40)}`, long(40)],
  ["stripe-key", `sk_live_${long(24)}`, long(24)],
  ["npm-token", `npm_${long(36)}`, long(36)],
  ["pypi-token", `pypi-AgEIcHlwaS5vcmc${long(40)}`, long(40)],
  ["gitlab-token", `glpat-${long(20)}`, long(20)],
  ["google-key", `key AIza${long(35)}`, long(35)],
  ["huggingface-token", `hf_${long(34)}`, long(34)],
  ["jwt", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${long(43)}`, "eyJzdWIiOiIxMjM0In0"],
  ["jwt", `{"t":"x\\neyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${long(43)}"}`, "eyJzdWIiOiIxMjM0In0"],
  ["authorization", "> Authorization: Bearer abc.DEF-123", "abc.DEF-123"],
  ["authorization", '"authorization": "Basic dXNlcjpwYXNz"', "dXNlcjpwYXNz"],
  ["bearer", `curl -H bearer ${long(20)}`, long(20)],
  ["cookie", "Set-Cookie: session=s3ss10n-value; Path=/", "s3ss10n-value"],
  ["url-password", "postgres://admin:hunter2@db:5432/app", "hunter2"],
  ["url-password", "redis://:p@ss:w0rd@cache", "p@ss:w0rd"],
  ["url-token", `https://x${long(30)}@github.com/a/b.git`, long(30)],
  ["url-signature", `https://b.blob/x?sv=1&sig=${long(40)}`, long(40)],
  ["password", "password=hunter2", "hunter2"],
  ["password", 'DB_PASSWORD: "correcthorse"', "correcthorse"],
  ["password", "mysql pwd: Tr0ub4dor", "Tr0ub4dor"],
  ["password", "password: pässwörd à la carte".replace(" à la carte", ""), "swörd"],
  ["password", "\u001b[36mpassword\u001b[0m: \u001b[33mhunter2\u001b[0m", "hunter2"],
  ["secret", `"api_key": "${long(24)}"`, long(24)],
  ["secret", `CLIENT_SECRET=${long(24)}`, long(24)],
  ["secret", `aws_secret_access_key = ${long(40)}`, long(40)],
  ["secret", `//registry/:_authToken=${long(30)}`, long(30)],
  ["secret", `AccountKey=${long(44)};Endpoint`, long(44)],
  ["argument", "deploy --token abcd-efgh-1234", "abcd-efgh-1234"],
  ["argument", "mysql --password 'hunter2!'", "hunter2!"],
  ["argument", "curl -u admin:hunter2 https://x.example", "hunter2"],
  ["secret", '"token": "correcthorsebattery"', "correcthorsebattery"],
  ["secret", "secret: abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwx"],
  ["password", '{\\"password\\":\\"hunter2\\"}', "hunter2"],
  ["private-key", "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0\\n-----END PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0"],
]

const innocent = [
  "ok 12 - rejects a missing token",
  "SyntaxError: Unexpected token: punc (;)",
  "tokens: 274",
  "the --token option is required",
  "docker run -u 1000:1000 image",
  "Usage: tool --password <password>",
  "error TS2345: Argument of type 'string' is not assignable to parameter of type 'Password'.",
  "  password: string",
  "PASS src/login.test.ts (5.2 s)",
  "passed: 12, failed: 1",
  "const token = process.env.TOKEN",
  "bearer authentication is required",
  "basic usage of the task-management-library-for-everyone",
  "http://localhost:3000/path?x=1",
  "secrets: inherit",
  "npm_config_registry and npm_lifecycle_event",
  "commit 0123456789abcdef0123456789abcdef01234567",
]

describe("redactText", () => {
  it.each(planted)("removes a %s from %s", (kind, text, secret) => {
    const { text: seen, redactions } = redactCounted(text)
    expect(seen).toContain(`[redacted:${kind}]`)
    expect(seen).not.toContain(secret)
    expect(redactions).toBeGreaterThan(0)
  })

  it.each(innocent)("leaves ordinary text alone: %s", (text) => {
    expect(redactText(text)).toBe(text)
  })

  it("removes a private key over many lines, with the runner's timestamps before each, and nothing after its end", () => {
    const body = Array.from({ length: 20 }, () => long(64))
    const lines = ["before", "-----BEGIN RSA PRIVATE KEY-----", ...body, "QUJD", "-----END RSA PRIVATE KEY-----", "after"]
    const stamped = lines.map((line) => `2026-11-23T00:00:00.0000000Z ${line}`)
    expect(redactText(lines.join("\n"))).toBe(["before", "[redacted:private-key]", ...body.map(() => ""), "", "", "after"].join("\n"))
    expect(redactText(stamped.join("\n"))).not.toContain(long(64).slice(0, 20))
    expect(redactText(stamped.join("\n"))).toContain("after")
  })

  it("does not swallow the log when a message only mentions a key's first line", () => {
    const text = "Error: expected '-----BEGIN PRIVATE KEY-----' at the start\n    at load (key.js:1:1)"
    expect(redactText(text)).toBe(text)
  })

  it("removes known values as they are, in base64 and in URLs", () => {
    const value = "s3cr3t value/with+signs"
    const text = [value, Buffer.from(value).toString("base64"), encodeURIComponent(value)].join(" | ")
    expect(redactText(text, { values: [value] })).toBe("[redacted:known] | [redacted:known] | [redacted:known]")
  })

  it("changes nothing more the second time", () => {
    const all = planted.map(([, text]) => text).join("\n")
    expect(redactText(redactText(all))).toBe(redactText(all))
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...planted.map(([, text]) => text)))), (parts) => {
        const once = redactText(parts.join(" "))
        expect(redactText(once)).toBe(once)
      }),
    )
  })
})

const cutAt = (bytes: Uint8Array, cuts: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

const streamed = (chunks: ReadonlyArray<Uint8Array>): string => {
  const redactor = makeRedactor()
  return Buffer.concat([...chunks.map((chunk) => redactor.push(chunk)), redactor.finish()]).toString("utf8")
}

describe("no secret is left", () => {
  const body = fc.stringMatching(/^[A-Za-z0-9]{36,60}$/).filter((text) => /[0-9]/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text))
  const contexts: ReadonlyArray<(secret: string) => string> = [
    (secret) => `API_TOKEN=${secret}`,
    (secret) => `export SECRET_KEY="${secret}"`,
    (secret) => JSON.stringify({ nested: { client_secret: secret } }),
    (secret) => JSON.stringify(JSON.stringify({ password: secret })),
    (secret) => `Authorization: Bearer ${secret}`,
    (secret) => `{ 'x-api-key': '${secret}' }`,
    (secret) => `https://user:${secret}@host.example/path`,
    (secret) => `\u001b[33mtoken\u001b[39m: \u001b[32m${secret}\u001b[39m`,
    (secret) => `ghp_${secret}`,
    (secret) => `\t\tpassword: ${secret}\r`,
    (secret) => `sk-ant-${secret}`,
    (secret) => `run --auth-token ${secret} --verbose`,
    (secret) => `?access_token=${secret}&x=1`,
    (secret) => `secret := "${secret}"`,
    (secret) => `aws_secret_access_key => ${secret}`,
  ]
  it("in the log or its digest, in whatever context and however it is cut", () => {
    const noise = fc.constantFrom(
      "ok 1 - x",
      "Error: boom",
      "",
      "    at f (a.js:1:2)",
      "2026-11-23T00:00:00.0000000Z ##[group]Run x",
      "x".repeat(300),
    )
    fc.assert(
      fc.property(
        body,
        fc.constantFrom(...contexts),
        fc.array(noise),
        fc.array(noise),
        fc.array(fc.nat(3_000)),
        (secret, context, before, after, cuts) => {
          const log = Buffer.from([...before, `Error: failed with ${context(secret)} given`, ...after].join("\n"))
          const digester = makeDigester()
          const parts = cutAt(log, cuts).map((chunk) => digester.push(chunk))
          const { digest, rest } = digester.finish()
          const seen = Buffer.concat([...parts, rest]).toString("latin1") + digest.text
          expect(seen).not.toContain(secret.slice(0, 12))
          expect(seen).not.toContain(secret.slice(-12))
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe("makeRedactor", () => {
  it("gives the same text however the chunks are cut", () => {
    const part = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("\n", "\r\n", ...planted.map(([, text]) => text)))
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat(5_000)), (parts, cuts) => {
        const text = parts.join(" ")
        expect(streamed(cutAt(Buffer.from(text), cuts))).toBe(redactText(text))
      }),
    )
  })

  it("finds a secret anywhere in a line that is far longer than what it holds", () => {
    const secret = `ghp_${long(36)}`
    for (const before of [65_400, 65_480, 65_500, 65_536, 130_000]) {
      const line = `${"x,".repeat(before / 2)} ${secret} ${"y,".repeat(40_000)}`
      const chunks = cutAt(Buffer.from(line), [1_000, 65_000, 66_000, 120_000])
      expect(streamed(chunks)).not.toContain(secret.slice(0, 12))
    }
  })

  it("removes all of a secret that is itself longer than what it holds", () => {
    const seen = streamed(cutAt(Buffer.from(`token=${long(300_000)} after`), [70_000, 140_000]))
    expect(seen).toBe("token=[redacted:secret] after")
  })

  it("takes hostile lines in linear time", () => {
    const hostile = [
      "eyJ",
      "sk-",
      "password=",
      "://a:",
      "authorization: ",
      "-----BEGIN ",
      "ghp_",
      "cookie: =",
      "token:",
      "A",
      "=",
      "xoxb-",
      "SG.",
    ]
    for (const piece of hostile) {
      const bytes = Buffer.from(piece.repeat(Math.ceil(1_000_000 / piece.length)))
      const started = computedMs()
      streamed([bytes])
      expect(computedMs() - started, piece).toBeLessThan(2_000)
    }
  })

  it("passes other bytes through as they are, broken UTF-8 included", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const redactor = makeRedactor()
        const out = Buffer.concat([redactor.push(bytes), redactor.finish()])
        if (redactor.redactions() === 0) expect(out.equals(Buffer.from(bytes))).toBe(true)
      }),
    )
  })
})
