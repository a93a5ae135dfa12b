/** What the page asks of the worker that holds a log. `ask`: tells answers apart. */
export type LogQuestion =
  | { readonly type: "open"; readonly path: string }
  | { readonly type: "lines"; readonly ask: number; readonly from: number; readonly to: number }
  | { readonly type: "find"; readonly ask: number; readonly text: string }

/** What it answers: how far the reading has come, lines, where a text was found so far. */
export type LogAnswer =
  | { readonly type: "read"; readonly lines: number; readonly bytes: number; readonly done: boolean }
  | { readonly type: "failed"; readonly status: number }
  | { readonly type: "lines"; readonly ask: number; readonly from: number; readonly lines: ReadonlyArray<string> }
  | { readonly type: "found"; readonly ask: number; readonly lines: ReadonlyArray<number>; readonly done: boolean }
