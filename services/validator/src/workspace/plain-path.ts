/** Whether a stranger's path can only mean a file below the root: no `..`, nothing absolute or empty, nothing in git's own directory. */
export const isPlainPath = (path: string): boolean =>
  path.length > 0 &&
  !path.includes("\0") &&
  path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git")
