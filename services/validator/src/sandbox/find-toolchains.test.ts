import { expect, it } from "vitest"
import { toolchainAt } from "./find-toolchains.ts"

const home = "/home/ada"
const nothing = { mounts: [], path: [] }
const whole = (prefix: string) => ({ mounts: [{ from: prefix, at: prefix }], path: [`${prefix}/bin`] })
const alone = (program: string, name: string) => ({
  mounts: [{ from: program, at: `/run/toolchains/bin/${name}` }],
  path: ["/run/toolchains/bin"],
})

it.each([
  ["a part of the system", "node", "/usr/bin/node", nothing],
  ["installed below /usr", "go", "/usr/local/go/bin/go", { mounts: [], path: ["/usr/local/go/bin"] }],
  ["of a version manager", "python3", "/home/ada/.pyenv/versions/3.12.1/bin/python3", whole("/home/ada/.pyenv/versions/3.12.1")],
  ["of a runner's tool cache", "node", "/opt/hostedtoolcache/node/20.1.0/x64/bin/node", whole("/opt/hostedtoolcache/node/20.1.0/x64")],
  ["in the home directory itself", "node", "/home/ada/bin/node", alone("/home/ada/bin/node", "node")],
  ["beside a person's other things", "bun", "/home/ada/.local/bin/bun", alone("/home/ada/.local/bin/bun", "bun")],
  ["at the top of the machine", "node", "/data/bin/node", alone("/data/bin/node", "node")],
  ["called otherwise", "bun", "/srv/tools/node_modules/bun/bin/bun.exe", alone("/srv/tools/node_modules/bun/bin/bun.exe", "bun")],
])("a toolchain %s", (_, name, program, expected) => {
  expect(toolchainAt(name, program, home)).toEqual(expected)
})

it("never shows a directory that contains the home directory", () => {
  expect(toolchainAt("node", "/srv/home/bin/node", "/srv/home/ada")).toEqual(alone("/srv/home/bin/node", "node"))
})
