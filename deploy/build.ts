/** Builds programs: `bun deploy/build.ts FOLDER [NAME ...]` makes `FOLDER/services/NAME/src/main.js`; all services unless told. */
import { Service } from "@ci-fix-pilot/contract/ids"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { buildProgram } from "./build/build-program.ts"
import { entries } from "./build/entries.ts"

const [folder, ...names] = Bun.argv.slice(2)
if (folder === undefined) throw new Error("say where to: bun deploy/build.ts FOLDER [NAME ...]")
for (const name of names.length > 0 ? names : Service.literals) {
  const entry = entries[name]
  if (entry === undefined) throw new Error(`there is no ${name}: there are ${Object.keys(entries).join(", ")}`)
  await buildProgram(checkout(), entry, folder)
}
