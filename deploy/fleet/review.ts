import type { ReviewAction } from "@ci-fix-pilot/contract/values"
import type { Fleet } from "./fleet.ts"

const stillPending = 202

/**
 * Gives a review as a person does, by HTTP; a connection that breaks is tried again with the same key, as a browser would, and so is
 * an answer that only says that the planner has not looked at it yet.
 */
export const review = async (fleet: Fleet, runId: string, action: ReviewAction, key: string, tries = 120): Promise<Response> => {
  try {
    const response = await fetch(`${fleet.apiUrl}/v1/ci-healing/runs/${runId}/actions/${action}`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ reviewer: "grace" }),
    })
    if (response.status !== stillPending || tries <= 1) return response
  } catch (error) {
    if (tries <= 1) throw error
  }
  await Bun.sleep(250)
  return review(fleet, runId, action, key, tries - 1)
}
