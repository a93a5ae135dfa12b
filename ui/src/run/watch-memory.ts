import type { RunMemory } from "@ci-fix-pilot/contract/run-view"
import type { Api } from "../api.ts"

/** How long until what is being written is looked for again (ms): soon at first, as it takes about a second; then ever later. */
const soon = 1_000
const late = 60_000

/**
 * Asks what is remembered of a run, and again until all of it is written: the ledger does not tell of that. While there is no answer, what
 * the ledger says suffices. Returns how to stop.
 */
export const watchMemory = (runId: string, api: Pick<Api, "ask">, onAnswer: (memory: RunMemory) => void): (() => void) => {
  const stopped = new AbortController()
  const { signal } = stopped
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Whether there may be more to know. */
  const isOpen = async () => {
    try {
      const memory = await api.ask<RunMemory>(`/v1/ci-healing/runs/${runId}/memory`, { signal })
      if (!signal.aborted) onAnswer(memory)
      return memory.remembered.some(({ outcome }) => outcome === null)
    } catch {
      return true
    }
  }
  const look = async (wait: number) => {
    const open = await isOpen()
    if (open && !signal.aborted) timer = setTimeout(look, wait, Math.min(late, wait * 2))
  }
  void look(soon)
  return () => {
    clearTimeout(timer)
    stopped.abort()
  }
}
