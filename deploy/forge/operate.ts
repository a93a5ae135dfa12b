import { executeWorkflow } from "./ci/execute.ts"
import { expireLogs } from "./ci/logs.ts"
import { recordRun } from "./ci/record.ts"
import { isRefName } from "./git/commits.ts"
import { commitFiles } from "./git/push.ts"
import { listRefs, moveRef, zero } from "./git/refs.ts"
import { fullName } from "./git/repositories.ts"
import { repositoryJson } from "./json/repository.ts"
import { userJson } from "./json/user.ts"
import type { Developer, Operations } from "./operations.ts"
import { apiRoutes, routeName, webRoutes } from "./server.ts"
import type { RepositoryRow } from "./store/rows.ts"
import { refMoved } from "./webhooks/ref-moved.ts"
import type { World } from "./world.ts"

/** The operations, done on a world in this process. */
export const operate = (world: World): Operations => {
  const { store, repositories, faults, deliveries } = world
  const of = (name: string): RepositoryRow => {
    const found = repositories.byName(name)
    if (found === undefined) throw new Error(`there is no repository ${name}`)
    return found
  }
  const signature = (by: Developer, at: string | undefined) => {
    if (store.users.get(by.email)?.login !== by.login) store.users.put(by.email, by)
    return { name: by.name, email: by.email, date: at ?? world.now().toISOString() }
  }
  const nobody = (login: string): Developer => ({ login, name: login, email: `${login}@users.noreply.github.com` })
  return {
    createRepository: ({ by, at, ...input }) => repositories.create({ ...input, author: signature(by ?? nobody(input.owner), at) }),
    push: ({ repository: name, by, at, ...push }) =>
      world.exclusive(fullName(of(name)), async () => {
        const repository = of(name)
        const who = by ?? nobody(repository.owner)
        const pushed = await commitFiles(repositories, repository, push, signature(who, at))
        await refMoved(world, repository, { ...pushed, by: who.login })
        return pushed
      }),
    setBranch: ({ repository: name, branch, sha }) =>
      world.exclusive(fullName(of(name)), async () => {
        const repository = of(name)
        const commit = await repositories.commit(repository, sha)
        if (commit === undefined || !isRefName(branch)) throw new Error(`cannot put ${branch} at ${sha}`)
        const path = repositories.path(repository)
        const ref = `refs/heads/${branch}`
        const before = (await repositories.tip(repository, branch)) ?? zero
        if (!(await moveRef(path, ref, commit.oid, before))) throw new Error(`cannot put ${branch} at ${sha}`)
        await refMoved(world, repository, { ref, before, after: commit.oid, by: repository.owner })
        return { ref, before, after: commit.oid }
      }),
    runWorkflow: ({ repository, ...run }) => executeWorkflow(world, of(repository), run),
    recordRun: ({ repository, ...run }) => recordRun(world, of(repository), run),
    repositories: async () => store.repositories.all(),
    pullRequests: async () => store.pulls.all(),
    runs: async () => store.runs.all(),
    branches: async ({ repository }) => {
      const refs = await listRefs(repositories.path(of(repository)), "refs/heads/")
      return Object.fromEntries(refs.map((ref) => [ref.name.slice("refs/heads/".length), ref.oid]))
    },
    requests: async () => world.requests,
    deliveries: async () => store.deliveries.all(),
    redeliver: async ({ id }) => {
      const sent = await deliveries.redeliver(id)
      if (sent === undefined) throw new Error(`there is no delivery ${id}, or nowhere to send it`)
      return sent
    },
    setWebhook: async (target) => deliveries.target(target ?? undefined),
    ping: async () => {
      const [repository] = store.repositories.all()
      const around =
        repository === undefined ? {} : { repository: repositoryJson(world, repository), sender: userJson(world, repository.owner) }
      const hook = {
        type: "App",
        id: 1,
        name: "web",
        active: true,
        app_id: 1,
        events: ["check_run", "pull_request", "workflow_run"],
        config: { content_type: "json", insecure_ssl: "0", url: world.url },
        created_at: world.now().toISOString(),
        updated_at: world.now().toISOString(),
      }
      deliveries.send({ event: "ping", repository: null, payload: { zen: "Keep it logically awesome.", hook_id: 1, hook, ...around } })
    },
    settle: () => deliveries.settled(),
    routes: async () => [...apiRoutes, ...webRoutes].map(routeName),
    setFault: async (fault) => faults.set(fault),
    clearFaults: async () => faults.clear(),
    pendingFaults: async () => faults.pending(),
    addPerson: async ({ repository: name, developer, permission, association }) => {
      const repository = of(name)
      store.users.put(developer.email, developer)
      store.repositories.put(fullName(repository).toLowerCase(), {
        ...repository,
        people: { ...repository.people, [developer.login]: { permission, association } },
      })
    },
    addToken: async ({ token, login }) => {
      store.tokens.put(token, { token, login, scope: "person", expiresAt: null })
    },
    revokeInstallationTokens: async () => {
      for (const row of store.tokens.all()) if (row.scope === "installation") store.tokens.remove(row.token)
    },
    expireLogs: async ({ run }) => {
      for (const row of store.runs.all()) if (row.id === run) expireLogs(world.dir, row)
    },
  }
}
