/**
 * The ids of what travels for one command: `<command>#<dispatch>` is a dispatch of it, `<command>#<dispatch>#<holder>` the answer of
 * its holder. Each is another message to the broker, so that no repeat is swallowed by its duplicate window.
 */
export interface DispatchId {
  readonly commandId: string
  /** From 1; 0: the id names none. */
  readonly dispatch: number
  readonly holder: string | undefined
}

/** The id of a dispatch of a command. */
export const dispatchId = (commandId: string, dispatch: number): string => `${commandId}#${dispatch}`

/** The id of a holder's answer to the dispatch of this id. */
export const answerId = (dispatched: string, holder: string): string => `${dispatched}#${holder}`

/** Takes the id of a dispatch or an answer apart. Any other text is a command's own id. */
export const readDispatchId = (id: string): DispatchId => {
  const [commandId = id, dispatch = "", holder] = id.split("#")
  const count = /^\d+$/u.test(dispatch) ? Number(dispatch) : 0
  return { commandId, dispatch: Number.isSafeInteger(count) ? count : 0, holder }
}

/** The command that a message says it answers; undefined: it answers none. */
export const answeredCommand = ({ causedBy }: { readonly causedBy?: string | undefined }): string | undefined =>
  causedBy?.includes("#") === true ? readDispatchId(causedBy).commandId : undefined
