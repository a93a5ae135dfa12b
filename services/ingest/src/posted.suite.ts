/** Bodies that a CI posts, and what is told of them, for tests. */
import { Effect } from "effect"
import { isIgnored } from "./fact.ts"
import { toFailure } from "./to-failure.ts"

export const minimal = {
  provider: "github",
  repository: "acme/widgets",
  branch: "main",
  commitSha: "a".repeat(40),
  errorLog: "src/round.test.ts\nAssertionError: expected 3 to be 2\n",
}
export const full = {
  ...minimal,
  pipelineUrl: "https://ci.test/runs/1",
  errorType: "Test Failure",
  workflow: "CI",
  workflowId: 7,
  workflowRunId: 99,
  runAttempt: 2,
  failedJobs: [{ id: 1, name: "test", steps: ["Run tests"] }],
  fork: true,
}

export const failure = (body: unknown) => {
  const told = Effect.runSync(toFailure(body))
  if (isIgnored(told) || told.event.type !== "ci-failed") throw new Error("this is no failure")
  return { ...told, data: told.event.data }
}
