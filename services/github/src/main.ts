import { run } from "@ci-fix-pilot/actor/run-main"
import { Layer } from "effect"
import { ChangesAllowed } from "./ChangesAllowed.ts"
import * as Credential from "./Credential.live.ts"
import * as checkPullRequest from "./check-pull-request.ts"
import * as closePullRequest from "./close-pull-request.ts"
import * as fetchFailure from "./fetch-failure.ts"
import * as GitHub from "./GitHub.octokit.ts"
import { GitHubClient } from "./GitHubClient.ts"
import * as mergePullRequest from "./merge-pull-request.ts"
import * as openPullRequest from "./open-pull-request.ts"
import * as uploadPackProxy from "./upload-pack-proxy.ts"

const adapters = GitHub.layer.pipe(
  Layer.provideMerge(Credential.layer),
  Layer.provide(GitHubClient.layer),
  Layer.merge(ChangesAllowed.layer),
)

/** All that this service does, as one layer. */
export const layer = Layer.mergeAll(
  fetchFailure.layer,
  openPullRequest.layer,
  mergePullRequest.layer,
  closePullRequest.layer,
  checkPullRequest.layer,
  uploadPackProxy.layer,
).pipe(Layer.provide(adapters))

if (import.meta.main) run("github", layer)
