/** What this browser keeps for the page, by name. A browser that blocks storage keeps nothing, and throws at each touch: the page goes on without. */
export const recall = (name: string): string | null => {
  try {
    return localStorage.getItem(`ci-fix-pilot ${name}`)
  } catch {
    return null
  }
}

/** Keeps a value under a name, where the browser allows it. */
export const remember = (name: string, value: string) => {
  try {
    localStorage.setItem(`ci-fix-pilot ${name}`, value)
  } catch {
    // It holds until the page is closed.
  }
}
