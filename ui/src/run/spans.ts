import type { Attachment } from "svelte/attachments"

/** A piece of a text in one look. `classes`: names that this page made itself, never others' words. */
export interface Span {
  readonly text: string
  readonly classes: string
}

const nodeOf = ({ text, classes }: Span): Node => {
  if (classes === "") return document.createTextNode(text)
  const span = document.createElement("span")
  span.className = classes
  span.textContent = text
  return span
}

/** Fills an element with pieces of text, letter by letter as they are: neither markup nor white space comes in between. */
export const spans =
  (pieces: ReadonlyArray<Span>): Attachment =>
  (element) =>
    element.replaceChildren(...pieces.map(nodeOf))
