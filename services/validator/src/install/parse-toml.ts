/** The value that a TOML text stands for; undefined when it is none. */
export const parseToml = (text: string): unknown => {
  try {
    return Bun.TOML.parse(text)
  } catch {
    return undefined
  }
}
