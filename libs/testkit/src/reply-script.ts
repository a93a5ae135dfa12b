/** A reply, or a function of the request that gives one, now or later. */
export type Scripted<Request, Reply> = Reply | ((request: Request) => Reply | Promise<Reply>)

export interface ReplyScript<Request, Reply> {
  /** The replies to the next requests, in order, one each. */
  readonly reply: (...replies: ReadonlyArray<Scripted<Request, Reply>>) => void
  /** The reply to every request for which nothing is queued. */
  readonly replyAlways: (reply: Scripted<Request, Reply>) => void
}

/** Queued replies first, then the standing one; undefined when there is neither. Replies must not be functions themselves. */
export const replyScript = <Request, Reply extends object>() => {
  const queue: Array<Scripted<Request, Reply>> = []
  let always: Scripted<Request, Reply> | undefined
  const script: ReplyScript<Request, Reply> = {
    reply: (...replies) => void queue.push(...replies),
    replyAlways: (reply) => {
      always = reply
    },
  }
  const next = async (request: Request): Promise<Reply | undefined> => {
    const scripted = queue.shift() ?? always
    return typeof scripted === "function" ? scripted(request) : scripted
  }
  return { script, next }
}
