/** Commands of a run that are answered one after the other until its pull request is open, as in the house when a fix works at once. */
export const inTurn = 7
/** The last of those that follow at once, beside each other: what is remembered and told. */
export const lastStep = 10
