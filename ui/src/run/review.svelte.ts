import type { ReviewAnswer } from "@ci-fix-pilot/contract/run-view"
import { type Api, ApiError } from "../api.ts"
import { makeKey } from "../parts/make-key.ts"
import { whatWentWrong } from "../parts/what-went-wrong.ts"
import type { Action } from "./actions-for.ts"
import type { Conflict } from "./explain-conflict.ts"

/** How long until the outcome of an accepted action is asked for again (ms). */
const again = 1_000

export type ReviewState =
  | { readonly is: "open" | "sending" | "done" }
  /** It is on the server's disk. `doubt`: why it cannot be asked just now what came of it. */
  | { readonly is: "following"; readonly doubt?: string }
  | ({ readonly is: "conflict" } & Conflict)
  | { readonly is: "failed"; readonly says: string }

/** What a person adds to an action. `reviewer` only where nobody is signed in. */
export interface Words {
  readonly note: string
  readonly reviewer?: string
}

/**
 * One action of a reviewer, from the question to the answer. Its key is made once: however often it is sent, it is done once. A failure
 * leaves the question open, and the next try is the same action.
 */
export class Review {
  readonly action: Action
  /** The last entry of the ledger that the reader had seen when the question was asked. */
  readonly seen: number
  state: ReviewState = $state.raw({ is: "open" })
  /** What may have arrived under this key: whatever is sent again must be the same, or the server refuses it. */
  arrived: Words | undefined = $state.raw()
  readonly #api: Api
  readonly #runId: string
  readonly #key = makeKey()
  #left = false

  constructor(api: Api, runId: string, action: Action, seen: number) {
    this.#api = api
    this.#runId = runId
    this.action = action
    this.seen = seen
  }

  get busy(): boolean {
    return this.state.is === "sending" || this.state.is === "following"
  }

  /** Nobody looks any more: what was received is done all the same, and nothing more is asked about it. */
  leave() {
    this.#left = true
  }

  /** Sends it. Pressing twice sends once. */
  async send(words: Words): Promise<void> {
    if (this.busy || this.state.is === "done") return
    this.state = { is: "sending" }
    try {
      const response = await this.#post(words)
      const answer: ReviewAnswer = await response.json()
      await this.#settle(answer, response.headers.get("location"))
    } catch (error) {
      this.state =
        error instanceof ApiError && error.status === 409
          ? { is: "conflict", message: error.message, current: error.current }
          : { is: "failed", says: failure(error) }
    }
  }

  async #post(words: Words): Promise<Response> {
    const before = this.arrived
    this.arrived = before ?? words
    const { note, reviewer } = this.arrived
    const asked = this.#api.send(`/v1/ci-healing/runs/${this.#runId}/actions/${this.action.action}`, {
      method: "POST",
      headers: { "idempotency-key": this.#key },
      body: { ...this.action.body, ...(note.trim() === "" ? {} : { note }), ...(reviewer === undefined ? {} : { reviewer }) },
    })
    return asked.catch((error: unknown) => {
      if (isRefusal(error)) this.arrived = before
      throw error
    })
  }

  async #settle(answer: ReviewAnswer, location: string | null) {
    let known = answer
    let doubt: string | undefined
    while (known.result === "pending" && location !== null) {
      this.state = { is: "following", ...(doubt === undefined ? {} : { doubt }) }
      await new Promise((done) => setTimeout(done, again))
      if (this.#left) return
      try {
        known = await this.#api.ask<ReviewAnswer>(location)
      } catch (error) {
        if (!isAway(error)) throw error
        doubt = whatWentWrong(error)
        continue
      }
      doubt = undefined
    }
    this.state = { is: "done" }
  }
}

/** Whether the server has looked at it and kept nothing of it. */
const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.status >= 400 && error.status < 500

/** Whether the server could not look at it: it was not there, or had troubles of its own. */
const isAway = (error: unknown): error is ApiError => error instanceof ApiError && (error.status === 0 || error.status >= 500)

const failure = (error: unknown): string => {
  const send = "It is not known whether this arrived. Send it again: it will be done once."
  if (isAway(error)) return `${whatWentWrong(error)} ${send}`
  return error instanceof ApiError && error.status === 422 ? `The server did not accept it: ${error.message}.` : whatWentWrong(error)
}
