/** How many answers to one question are kept. */
const most = 4000

/**
 * A question about a repository's folder and commits that are named by their full ids, asked only once: the answer can
 * never change. A question that failed, or found nothing (yet), is asked again.
 */
export const remembered = <Args extends ReadonlyArray<string>, A>(ask: (...args: Args) => Promise<A>): ((...args: Args) => Promise<A>) => {
  const answers = new Map<string, Promise<A>>()
  return (...args) => {
    const key = args.join(" ")
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = ask(...args)
    answers.set(key, answer)
    answer.then(
      (value) => value === undefined && answers.delete(key),
      () => answers.delete(key),
    )
    const oldest = answers.size > most ? answers.keys().next().value : undefined
    if (oldest !== undefined) answers.delete(oldest)
    return answer
  }
}
