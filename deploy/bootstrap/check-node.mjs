const oldest = 20

/** Throws when a version of Node is older than those that this project, and the JavaScript projects that it heals, are tried with. */
export const checkNode = (version) => {
  if (Number.parseInt(version, 10) < oldest)
    throw new Error(`Node ${oldest} or newer is needed, and this is ${version}: see nodejs.org/en/download`)
}
