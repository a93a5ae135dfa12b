import type { RunSummary } from "@ci-fix-pilot/contract/run-view"
import { waitsForPerson } from "../parts/status-words.ts"
import type { Filter } from "./filter.ts"

/** Whether a filter's status takes a run in this state. */
export const takesStatus = ({ status: wanted }: Filter, { status, phase }: Pick<RunSummary, "status" | "phase">): boolean =>
  wanted === "" || (wanted === "waiting" ? waitsForPerson(phase) : wanted === status)

/** Whether a filter takes a run, by the same rules as the api's. */
export const takes = (filter: Filter, run: RunSummary): boolean =>
  takesStatus(filter, run) &&
  (filter.repository === "" || run.repository.toLowerCase() === filter.repository.toLowerCase()) &&
  [run.title, run.branch, run.repository, run.commitSha, run.runId].some((words) => words.toLowerCase().includes(filter.text.toLowerCase()))
