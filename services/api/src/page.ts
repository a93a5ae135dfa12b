import type { First } from "@ci-fix-pilot/contract/first-view"

/** Text of runs stands in it: without `<` no text ends the block, and without line separators it is JSON everywhere. */
const json = (first: First) =>
  JSON.stringify(first).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")

/** The page with what it would ask for first already in it: a first view takes no further request. */
export const pageOf = (template: string, first: First | undefined): string =>
  template.replace("<!--first-->", () => (first === undefined ? "" : `<script type="application/json" id="first">${json(first)}</script>`))

/** What stands in the dashboard's place until it is built. */
export const notBuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>ci-fix-pilot: the dashboard is not built</title></head><body>
<h1>The dashboard is not built yet</h1>
<p>This server answers, but the pages that it would show have not been made. Make them in the folder <code>ui</code> of the checkout, then load this page again:</p>
<pre>bun install
cd ui
bun --bun run build</pre>
<p><code>npm start</code> and <code>npm run demo</code> do so by themselves. Everything else works without it: <a href="/v1/ci-healing/runs">the runs</a>, <a href="/openapi">what can be asked</a>.</p>
</body></html>
`
