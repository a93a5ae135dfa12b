const unstorable = /\\u(?:0000|d[89a-f])/iu
const storable = (_key: string, value: unknown) => (typeof value === "string" ? value.replaceAll("\0", "\ufffd").toWellFormed() : value)

/** JSON that Postgres takes: it stores no NUL and no half of a surrogate pair (a text that was cut inside of one); both become U+FFFD. */
export const jsonText = (value: unknown): string => {
  const text = JSON.stringify(value)
  return unstorable.test(text) ? JSON.stringify(value, storable) : text
}
