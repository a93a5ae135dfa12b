import { isSigned, readJobLog, runLogsZip } from "../ci/logs.ts"
import type { Call, Route } from "../http/route.ts"

const refused = () => new Response("<?xml version='1.0'?><Error><Code>AuthenticationFailed</Code></Error>", { status: 403 })
const missing = () => new Response("<?xml version='1.0'?><Error><Code>BlobNotFound</Code></Error>", { status: 404 })

const signed = ({ world, url }: Call): boolean => isSigned(world.logSecret, url, world.now().getTime())

const job = (call: Call) => {
  if (!signed(call)) return refused()
  const log = readJobLog(call.world.dir, Number(call.param("job_id")))
  return log === undefined ? missing() : new Response(log, { headers: { "content-type": "text/plain; charset=utf-8" } })
}

const run = (call: Call) => {
  if (!signed(call)) return refused()
  const row = call.world.store.runs.get(`${call.param("run_id")}/${call.param("attempt")}`)
  const zip = row === undefined ? undefined : runLogsZip(call.world.dir, row)
  return zip === undefined ? missing() : new Response(new Uint8Array(zip), { headers: { "content-type": "application/zip" } })
}

/** Where the signed addresses of logs lead: a store that asks for no token, like GitHub's. */
export const logRoutes: ReadonlyArray<Route> = [
  { method: "GET", path: "/_logs/job/{job_id}", handle: job },
  { method: "GET", path: "/_logs/run/{run_id}/{attempt}", handle: run },
]
