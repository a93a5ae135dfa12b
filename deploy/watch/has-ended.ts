import { isStop, type Phase } from "@ci-fix-pilot/contract/phases"

/** Whether nothing more happens to a run by itself: it came to a stop, or a proven fix waits for a person's approval. */
export const hasEnded = (phase: Phase): boolean => isStop(phase) || phase === "awaiting-approval"
