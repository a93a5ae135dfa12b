const spelled = { ä: "ae", ö: "oe", ü: "ue", ß: "ss", æ: "ae", ø: "oe", å: "aa" }

/** A title as part of an address: lower case, words joined by single hyphens, at most `most` characters, cut between words. */
export const slug = (title, most = 60) => {
  const words = title
    .toLowerCase()
    .replace(/[äöüßæøå]/g, (letter) => spelled[letter])
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
  let result = ""
  for (const word of words) {
    const longer = `${result}-${word}`
    if (longer.length > most) break
    result = longer
  }
  return result
}
