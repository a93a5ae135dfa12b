import type { Json } from "../http/answer.ts"
import type { World } from "../world.ts"
import { nodeId, numberOf, userJson } from "./user.ts"

/** What the app may do where it is installed. */
export const appPermissions = {
  actions: "read",
  checks: "read",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
  statuses: "read",
}
const events = ["check_run", "pull_request", "workflow_run"]
const since = "2024-01-01T00:00:00Z"

/** An app: `owner` and `slug` are its maker's account and its name in addresses. */
export const appJson = (world: World, id: number, slug: string, owner: string): Json => ({
  id,
  slug,
  node_id: nodeId("A", id),
  client_id: `Iv1.${id}`,
  owner: userJson(world, owner),
  name: slug,
  description: null,
  external_url: world.url,
  html_url: `${world.url}/apps/${slug}`,
  created_at: since,
  updated_at: since,
  permissions: appPermissions,
  events,
})

/** The app that runs workflows and reports their jobs as check runs. */
export const actionsAppJson = (world: World): Json => appJson(world, 15368, "github-actions", "github")

/** The installation of the app in an account; its number follows from the account's name. */
export const installationJson = (world: World, appId: number, account: string): Json => ({
  id: numberOf(account),
  account: userJson(world, account),
  repository_selection: "all",
  access_tokens_url: `${world.apiUrl}/app/installations/${numberOf(account)}/access_tokens`,
  repositories_url: `${world.apiUrl}/installation/repositories`,
  html_url: `${world.url}/settings/installations/${numberOf(account)}`,
  app_id: appId,
  app_slug: "ci-fix-pilot",
  target_id: numberOf(account),
  target_type: "User",
  permissions: appPermissions,
  events,
  created_at: since,
  updated_at: since,
  single_file_name: null,
  has_multiple_single_files: false,
  single_file_paths: [],
  suspended_by: null,
  suspended_at: null,
})
