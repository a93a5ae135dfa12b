import { listRefs } from "../git/refs.ts"
import { permissionOf } from "../http/access.ts"
import { json } from "../http/answer.ts"
import { list } from "../http/pages.ts"
import { forbidden, Refusal } from "../http/refusal.ts"
import { onRepository, type RepositoryCall, type Route } from "../http/route.ts"
import { commitJson } from "../json/commit.ts"
import { fullRepositoryJson, repositoryUrl, webUrl } from "../json/repository.ts"
import { userJson } from "../json/user.ts"

const branch = async ({ world, repository, param }: RepositoryCall) => {
  const name = param("branch")
  const tip = await world.repositories.tip(repository, name)
  const commit = tip === undefined ? undefined : await world.repositories.commit(repository, tip)
  if (commit === undefined) throw new Refusal({ status: 404, message: "Branch not found" })
  const url = `${repositoryUrl(world, repository)}/branches/${name}`
  return json({
    name,
    commit: commitJson(world, repository, commit),
    _links: { self: url, html: `${webUrl(world, repository)}/tree/${name}` },
    protected: false,
    protection: { enabled: false, required_status_checks: { enforcement_level: "off", contexts: [], checks: [] } },
    protection_url: `${url}/protection`,
  })
}

const permission = ({ world, repository, caller, param }: RepositoryCall) => {
  if (caller.kind === "anonymous") throw forbidden("Must have push access to view collaborator permission.")
  const login = param("username")
  const own = permissionOf(login, repository)
  return json({
    permission: own,
    role_name: own,
    user: {
      ...userJson(world, login),
      permissions: {
        admin: own === "admin",
        maintain: own === "admin",
        push: own === "admin" || own === "write",
        triage: own !== "none",
        pull: own !== "none",
      },
      role_name: own,
    },
  })
}

/** The repository itself, its branches, and what a person may do in it. */
export const repositoryRoutes: ReadonlyArray<Route> = [
  onRepository("GET", "", "read", ({ world, repository, caller }) => json(fullRepositoryJson(world, repository, caller))),
  onRepository("GET", "/branches", "read", async ({ world, repository, url }) =>
    list(url, await listRefs(world.repositories.path(repository), "refs/heads/"), (ref) => ({
      name: ref.name.slice("refs/heads/".length),
      commit: { sha: ref.oid, url: `${repositoryUrl(world, repository)}/commits/${ref.oid}` },
      protected: false,
    })),
  ),
  onRepository("GET", "/branches/{branch}", "read", branch),
  onRepository("GET", "/collaborators/{username}/permission", "read", permission),
]
