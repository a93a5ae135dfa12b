/** What the machine's own package sources say, in both of apt's formats. Pure. */

export interface Source {
  readonly uri: string
  readonly suites: ReadonlyArray<string>
}

/** The `deb` entries of a `sources.list` file: `deb [options] URI suite component...`. */
export const parseList = (text: string): Array<Source> =>
  text.split("\n").flatMap((line) => {
    const found = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line)
    return found?.[1] === undefined || found[2] === undefined ? [] : [{ uri: found[1], suites: [found[2]] }]
  })

/** The `deb` stanzas of a deb822 `.sources` file. */
export const parseDeb822 = (text: string): Array<Source> =>
  text
    .replaceAll(/^#.*\n?/gm, "")
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const field = (name: string) =>
        new RegExp(`^${name}:((?:.*\\n?)(?:[ \\t].*\\n?)*)`, "mi")
          .exec(stanza)?.[1]
          ?.split(/\s+/)
          .filter((word) => word !== "") ?? []
      if (!field("Types").includes("deb") || field("Enabled")[0] === "no") return []
      return field("URIs").map((uri) => ({ uri, suites: field("Suites") }))
    })

/** The archive that serves this release itself, not its security updates or another vendor's packages. */
export const archiveOf = (sources: ReadonlyArray<Source>, codename: string): string | undefined =>
  sources.find(({ suites }) => suites.includes(codename))?.uri
