import { existsSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"

/**
 * Removes what an interrupted provision of `name` left in `folder`: the temporary folders (`name-XXXXXX`) in which it is unpacked. For whoever
 * holds the component's lock: nobody else is at work on it.
 */
export const removeLeftBehind = (folder: string, name: string): void => {
  if (!existsSync(folder)) return
  const isLeft = (entry: string) => entry.startsWith(`${name}-`) && /^-[A-Za-z0-9]{6}$/u.test(entry.slice(name.length))
  for (const entry of readdirSync(folder).filter(isLeft)) rmSync(join(folder, entry), { recursive: true, force: true })
}
