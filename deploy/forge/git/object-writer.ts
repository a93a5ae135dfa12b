import { createHash } from "node:crypto"
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { deflateSync } from "node:zlib"

let written = 0

/** Writes a loose object as git does (complete file, then rename) and gives its id. Writing what is there already is nothing. */
export const writeObject = (gitDirectory: string, type: "blob" | "tree" | "commit", content: Uint8Array): string => {
  const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  const oid = createHash("sha1").update(whole).digest("hex")
  const folder = join(gitDirectory, "objects", oid.slice(0, 2))
  const path = join(folder, oid.slice(2))
  if (existsSync(path)) return oid
  mkdirSync(folder, { recursive: true })
  written += 1
  const draft = join(folder, `tmp_obj_${process.pid}_${written}`)
  writeFileSync(draft, deflateSync(whole, { level: 1 }), { mode: 0o444 })
  renameSync(draft, path)
  return oid
}
