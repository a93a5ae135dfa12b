/** When a message may go out, as a value. Times in ms of one clock that only goes forward. Pure. */

/** `freeAt`: the next turn; `promisedUntil`: the last turn that was promised to a message that was sent away; `heldUntil`: Slack wants to be left alone. */
export interface Pace {
  readonly freeAt: number
  readonly promisedUntil: number
  readonly heldUntil: number
}

/** Slack takes about one message a second from a webhook (https://docs.slack.dev/apis/web-api/rate-limits). */
export const spacingMs = 1_000
/** Shorter than the broker's patience (3 s): who must wait longer is sent away and comes again, instead of standing in the way. */
const longestWaitMs = 2_000

export const atOnce: Pace = { freeAt: 0, promisedUntil: 0, heldUntil: 0 }

/** A turn within the next moments, or a time to come again: each is told another one, so that they do not come back all at once. */
export const takeTurn = (
  pace: Pace,
  now: number,
): readonly [turn: { readonly inMs: number } | { readonly comeAgainInMs: number }, Pace] => {
  const turn = Math.max(now, pace.freeAt)
  if (turn - now <= longestWaitMs) return [{ inMs: turn - now }, { ...pace, freeAt: turn + spacingMs }]
  const promised = Math.max(turn, pace.promisedUntil + spacingMs)
  return [{ comeAgainInMs: promised - now }, { ...pace, promisedUntil: promised }]
}

/** Nobody's turn before `until`, also not of who has one already. */
export const holdUntil = (pace: Pace, until: number): Pace => ({
  ...pace,
  freeAt: Math.max(pace.freeAt, until),
  heldUntil: Math.max(pace.heldUntil, until),
})

/** Whether a turn that has come may not be used. */
export const isHeld = (pace: Pace, now: number): boolean => now < pace.heldUntil
