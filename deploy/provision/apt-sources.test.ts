import { describe, expect, it } from "vitest"
import { archiveOf, parseDeb822, parseList } from "./apt-sources.ts"

const list = `
# deb http://old.example.test/debian bookworm main
deb http://mirror.example.test/debian bookworm main contrib
deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] https://security.example.test/debian-security bookworm-security main
deb-src http://mirror.example.test/debian bookworm main
`

const deb822 = `# The archive
Types: deb deb-src
URIs: http://mirror.example.test/debian http://second.example.test/debian
Suites: bookworm bookworm-updates
Components: main
# a comment inside
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs:
 https://security.example.test/debian-security
Suites: bookworm-security
Components: main

Types: deb-src
URIs: http://source.example.test/debian
Suites: bookworm

Enabled: no
Types: deb
URIs: http://off.example.test/debian
Suites: bookworm
`

describe("package sources", () => {
  it("are read from the old format, options and all", () => {
    expect(parseList(list)).toEqual([
      { uri: "http://mirror.example.test/debian", suites: ["bookworm"] },
      { uri: "https://security.example.test/debian-security", suites: ["bookworm-security"] },
    ])
  })

  it("are read from the new format: several addresses, folded lines, no sources, nothing switched off", () => {
    expect(parseDeb822(deb822)).toEqual([
      { uri: "http://mirror.example.test/debian", suites: ["bookworm", "bookworm-updates"] },
      { uri: "http://second.example.test/debian", suites: ["bookworm", "bookworm-updates"] },
      { uri: "https://security.example.test/debian-security", suites: ["bookworm-security"] },
    ])
  })

  it("name the archive of a release, not its security updates", () => {
    expect(archiveOf(parseDeb822(deb822).reverse(), "bookworm")).toBe("http://second.example.test/debian")
    expect(archiveOf(parseList(list), "trixie")).toBeUndefined()
  })
})
