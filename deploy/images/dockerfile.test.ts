import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Service } from "@ci-fix-pilot/contract/ids"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"

const root = checkout()
const read = (path: string) => readFileSync(join(root, path), "utf8")
const dockerfile = read("deploy/images/Dockerfile.service")
/** What is taken from the checkout, not from another stage. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gmu)].flatMap(([, sources = ""]) => sources.split(" "))

const Manifest = Schema.Struct({ workspaces: Schema.Array(Schema.String) })
const { workspaces } = Schema.decodeUnknownSync(Schema.fromJsonString(Manifest))(read("package.json"))

describe("the image of a service", () => {
  it("is made of what the checkout has", () => {
    expect(copied.length).toBeGreaterThan(8)
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it("knows every workspace of the lockfile, which is frozen", () => {
    const folders = workspaces.map((workspace) => workspace.replace(/\*$/u, ""))
    const isKnown = (folder: string) => copied.includes(folder) || copied.includes(`${folder}/package.json`)
    expect(folders.filter((folder) => !isKnown(folder))).toEqual([])
  })

  it("says which services there are when it is told none", () => {
    const [, said = ""] = /SERVICE:\?say which service: ([^}]*)\}/u.exec(dockerfile) ?? []
    expect(said.split(/, | or /u).sort()).toEqual([...Service.literals].sort())
  })
})
