/** A GitHub that knows one workflow run. */
export interface Job {
  readonly id: number
  readonly name: string
  readonly conclusion: string
  readonly steps: ReadonlyArray<{ readonly name: string; readonly conclusion: string }>
}
export const red: Job = {
  id: 11,
  name: "test (node 20)",
  conclusion: "failure",
  steps: [
    { name: "Check out", conclusion: "success" },
    { name: 'Run "npm test"', conclusion: "failure" },
  ],
}
export const green: Job = { id: 12, name: "lint", conclusion: "success", steps: [] }

/** As much of GitHub's API as the script asks for, in pages of two jobs; logs lie elsewhere, as they do there. */
export const startGithub = (jobs: ReadonlyArray<Job>, log: string) => {
  const asked: Array<{ path: string; authorization: string | null }> = []
  const shown: Array<string | null> = []
  const storage = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      shown.push(request.headers.get("authorization"))
      return new Response(log)
    },
  })
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const { pathname, searchParams } = new URL(request.url)
      asked.push({ path: pathname, authorization: request.headers.get("authorization") })
      const page = Number(searchParams.get("page"))
      if (pathname === "/repos/acme/widgets/actions/runs/99/attempts/2/jobs")
        return Response.json({ total_count: jobs.length, jobs: jobs.slice((page - 1) * 2, page * 2) })
      if (pathname === "/repos/acme/widgets/actions/runs/99") return Response.json({ id: 99, workflow_id: 7 })
      if (/^\/repos\/acme\/widgets\/actions\/jobs\/\d+\/logs$/u.test(pathname))
        return Response.redirect(`http://127.0.0.1:${storage.port}/blob`, 302)
      return Response.json({ message: "Not Found" }, { status: 404 })
    },
  })
  const stop = () => Promise.all([server.stop(true), storage.stop(true)])
  return { url: `http://127.0.0.1:${server.port}`, asked, shown, stop }
}
