import type { First } from "@ci-fix-pilot/contract/first-view"

/** The data block of the page; undefined where a development server left it out. */
export const readFirst = (document: Document): First | undefined => {
  const text = document.getElementById("first")?.textContent
  return text ? JSON.parse(text) : undefined
}
