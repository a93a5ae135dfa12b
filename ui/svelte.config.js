import { vitePreprocess } from "@sveltejs/vite-plugin-svelte"

/** Styles are scoped by short names: long ones are paid for with every element, and cannot be compressed. */
const cssHash = ({ hash, css }) => `s${hash(css).slice(0, 4)}`

export default { preprocess: vitePreprocess({ script: true }), compilerOptions: { runes: true, cssHash } }
