import type { Plugin } from "vite"

/** Says what the script of the first load is made of, heaviest first: letters before they are shortened and compressed, some of them comments. */
export const weigh = (): Plugin => ({
  name: "weigh",
  apply: (_, { mode }) => mode === "weigh",
  generateBundle(_, bundle) {
    for (const part of Object.values(bundle)) {
      if (part.type !== "chunk" || !part.isEntry) continue
      const modules = Object.entries(part.modules).map(
        ([id, { renderedLength }]) => [renderedLength, id.replace(/^.*\/node_modules\//u, "")] as const,
      )
      const sorted = modules.filter(([letters]) => letters > 0).toSorted(([a], [b]) => b - a)
      this.info(`${part.fileName}\n${sorted.map(([letters, id]) => `${String(letters).padStart(7)} ${id}`).join("\n")}`)
    }
  },
})
