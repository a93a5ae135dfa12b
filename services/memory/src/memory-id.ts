import { sha256Hex } from "@ci-fix-pilot/contract/sha256"

/** A memory's name: the same for every word about one attempt of one run. */
export const memoryIdOf = (runId: string, attempt: number): string => `mem_${sha256Hex(`${runId}/${attempt}`).slice(0, 24)}`
