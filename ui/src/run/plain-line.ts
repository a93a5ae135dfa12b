/** A terminal's escapes and controls: nothing of them is text. Line feeds and tabs stay. */
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b\[[0-?]*[ -/]*[@-~]|\u001b.?|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/gu

/** A line as it is read: without what only a terminal understands. */
export const plainLine = (line: string): string => line.replaceAll(controls, "")
