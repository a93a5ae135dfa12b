import type { Run } from "./run.ts"

/** How often GitHub is asked how an open pull request of ours stands (ms). Each refusal in a row doubles it, at most so many times: to a day. */
export const checkEveryMs = 10 * 60_000
export const mostDoublings = 7

/**
 * After so many refusals in a row, about a day, a pull request that we may not close stays open: a person was told, and only a person can
 * help. Where GitHub is only away it is asked on and on.
 */
export const mostCloseRefusals = 7

/** Whether a run that has ended without its pull request no longer asks for it to be closed. */
export const isLeftOpen = ({ pullRequest, refused }: Run): boolean =>
  pullRequest?.state === "open" && refused?.command === "github.close-pull-request" && refused.times >= mostCloseRefusals
