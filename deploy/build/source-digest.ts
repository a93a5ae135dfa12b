import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const folders = ["libs", "services", "deploy/build", "deploy/bench"]
const files = ["bun.lock", "deploy/build.ts"]
/** What a program is built from. Tests and what belongs to them are not. */
const source = /(?:^|\/)package\.json$|\.ts$|\.sql$/u
const besides = /\.(?:test|suite)\.ts$|(?:^|\/)(?:node_modules|fixtures)\//u

/** A name for the sources of a checkout as they are now, with the dependencies and the Bun that they are built with. */
export const sourceDigest = (checkout: string): string => {
  const hasher = new Bun.CryptoHasher("sha256").update(Bun.version)
  const paths = folders
    .filter((folder) => existsSync(join(checkout, folder)))
    .flatMap((folder) => readdirSync(join(checkout, folder), { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((path) => source.test(path) && !besides.test(path))
  for (const path of [...paths.sort(), ...files]) hasher.update(`\0${path}\0`).update(readFileSync(join(checkout, path)))
  return hasher.digest("hex").slice(0, 16)
}
