import { Effect } from "effect"
import { startForge } from "./forge.ts"
import { settings } from "./settings.ts"

/** Runs a forge until it is told to stop. The first line it prints is where it listens, as JSON: `{"url":...,"apiUrl":...}`. */
const forge = await Effect.runPromise(settings.pipe(Effect.andThen((options) => Effect.promise(() => startForge(options)))))
process.stdout.write(`${JSON.stringify({ url: forge.url, apiUrl: forge.apiUrl })}\n`)

const stop = () => void forge.close().then(() => process.exit(0))
process.once("SIGTERM", stop)
process.once("SIGINT", stop)
