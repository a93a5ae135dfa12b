import { slug } from "./slug.js"

/** A slug that is not taken yet: the plain one, else with -2, -3 ... */
export const uniqueSlug = (title, taken) => {
  const plain = slug(title)
  if (!taken.has(plain)) return plain
  for (let number = 2; ; number += 1) {
    const candidate = `${plain}-${number}`
    if (!taken.has(candidate)) return candidate
  }
}
