import { existsSync } from "node:fs"
import { dirname, join } from "node:path"

/** The checkout that this file is part of: the nearest folder above with a `bun.lock`. */
export const checkout = (from: string = import.meta.dirname): string =>
  existsSync(join(from, "bun.lock")) || dirname(from) === from ? from : checkout(dirname(from))

/** Where `npm test` and `npm run demo` put the programs that the machine lacks. Ignored by git. */
export const toolsDirectory = (): string => join(checkout(), ".tools")
