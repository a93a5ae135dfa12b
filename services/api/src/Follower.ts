import { greeting } from "./frame.ts"

/** What a client may leave unread (bytes) before it is cut off; it resumes from the ledger when it comes back. */
export const bufferBytes = 1_048_576

/** Where a client begins: behind a position of a ledger, for all runs or for one. */
export interface Place {
  readonly position: number
  readonly ledger: string | undefined
  readonly runId: string | undefined
}

/** One client of the stream: a bounded buffer, and the last position it was sent. */
export class Follower {
  readonly body: ReadableStream<Uint8Array>
  readonly runId: string | undefined
  position: number
  readonly #onClose: Array<() => void>
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #drained: (() => void) | undefined
  #closed = false

  constructor({ position, ledger, runId }: Place, onClose: () => void) {
    this.position = position
    this.runId = runId
    this.#onClose = [onClose]
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
          controller.enqueue(greeting(position, ledger))
        },
        pull: () => this.#drained?.(),
        cancel: () => this.close(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: bufferBytes }),
    )
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Sends bytes unless the client is too far behind: then it is cut off, for its memory is ours. */
  push(bytes: Uint8Array): void {
    if (this.#closed) return
    if ((this.#controller?.desiredSize ?? 0) <= 0) this.close()
    else this.#controller?.enqueue(bytes)
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (!this.#closed && (this.#controller?.desiredSize ?? 0) <= 0)
      await new Promise<void>((resolve) => {
        this.#drained = resolve
      })
  }

  /** Somebody else wants to know when it has gone; told at once if it has. */
  onClose(tell: () => void): void {
    if (this.#closed) tell()
    else this.#onClose.push(tell)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#drained?.()
    for (const tell of this.#onClose) tell()
    try {
      this.#controller?.close()
    } catch {
      // The client closed it first.
    }
  }
}
