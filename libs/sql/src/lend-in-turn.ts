/** Things that are lent to one use at a time. */
export interface Lent<A> {
  /** Uses one until what is done with it has ended: the first that is free, or else, first come, first served, the next that will be. */
  readonly use: <B>(work: (one: A) => Promise<B>) => Promise<B>
  /** Lends these from now on, also to those who wait; what is done with those before goes on. */
  readonly replace: (others: ReadonlyArray<A>) => void
  /** Ends every wait. */
  readonly refuse: (error: unknown) => void
}

/** Lends things; while one is enough, it is always the first. */
export const lendInTurn = <A>(first: ReadonlyArray<A>): Lent<A> => {
  let all = first
  const inUse = new Set<A>()
  const waiting: Array<PromiseWithResolvers<A>> = []
  const serve = () => {
    for (const one of all) {
      if (inUse.has(one)) continue
      const next = waiting.shift()
      if (next === undefined) return
      inUse.add(one)
      next.resolve(one)
    }
  }
  return {
    use: async (work) => {
      const turn = Promise.withResolvers<A>()
      waiting.push(turn)
      serve()
      const one = await turn.promise
      try {
        return await work(one)
      } finally {
        inUse.delete(one)
        serve()
      }
    },
    replace: (others) => {
      all = others
      serve()
    },
    refuse: (error) => {
      for (const turn of waiting.splice(0)) turn.reject(error)
    },
  }
}
