const words: Readonly<Record<string, string>> = {
  replay: "remembered fix",
  fixers: "project's fixers",
  model: "model",
  revert: "revert",
}

/** How a fix is looked for, in words; a strategy that this page does not know is called by its own name. */
export const strategyWords = (strategy: string): string => words[strategy] ?? strategy
