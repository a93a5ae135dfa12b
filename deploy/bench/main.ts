/**
 * Measures, and prints JSON: `npm run bench [-- ingest orchestration recovery idle stream dashboard]`. Trust ratios and CPU per unit of one run on one machine.
 */
import { provideBubblewrap, provideNatsServer, providePostgres } from "../provision.ts"
import { dashboard } from "./dashboard.ts"
import { idle } from "./idle.ts"
import { ingest } from "./ingest.ts"
import { orchestration } from "./orchestration.ts"
import { recovery } from "./recovery.ts"
import { stream } from "./stream.ts"

const benches: Readonly<Record<string, () => Promise<unknown>>> = { ingest, orchestration, recovery, idle, stream, dashboard }

const wanted = Bun.argv.length > 2 ? Bun.argv.slice(2) : Object.keys(benches)
await Promise.all([provideNatsServer(), providePostgres(), provideBubblewrap()])
for (const name of wanted) {
  const bench = benches[name]
  if (bench === undefined) throw new Error(`no bench ${name}: use ${Object.keys(benches).join(", ")}`)
  const result = await bench()
  process.stdout.write(
    `${JSON.stringify({ bench: name, at: new Date().toISOString(), cores: navigator.hardwareConcurrency, result }, null, 2)}\n`,
  )
}
process.exit(0)
