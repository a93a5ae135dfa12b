const words: Readonly<Record<string, string>> = {
  replay: "replay a known fix",
  model: "ask a model",
  revert: "undo what broke it",
}

/** How a fix is looked for, in a few words for a person; a strategy that is not known here is called by its own name. */
export const strategyWords = (strategy: string): string => words[strategy] ?? strategy
