import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { Item } from "./plan-batch.ts"
import { needsCounts } from "./read-batch.ts"

/** Something that waits to be applied. */
export interface Waiting {
  readonly item: Item
}

/**
 * The next batch, of what waits and of what is being applied meanwhile: what could get into each other's way waits. That is what is about
 * the same run, which is applied in the order in which it came, and what is decided by counts over other runs.
 */
export const takeBatch = <W extends Waiting>(waiting: ReadonlyArray<W>, underWay: Iterable<ReadonlyArray<W>>, most: number) => {
  const others = [...underWay].flat()
  const busy = new Set<RunId>(others.map(({ item }) => item.runId))
  const isCounting = others.some(({ item }) => needsCounts(item))
  const taken: Array<W> = []
  const left: Array<W> = []
  for (const one of waiting) {
    const { runId } = one.item
    if (taken.length < most && !busy.has(runId) && !(isCounting && needsCounts(one.item))) taken.push(one)
    else {
      left.push(one)
      busy.add(runId)
    }
  }
  return { taken, left }
}
