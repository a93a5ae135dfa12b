/** What is fetched when the page stands: one file instead of many. */
export { default as ErrorState } from "../parts/ErrorState.svelte"
export { default as Words } from "../parts/Words.svelte"
export { default as News } from "../runs/News.svelte"
export { default as Nothing } from "../runs/Nothing.svelte"
export { default as Pager } from "../runs/Pager.svelte"
export { default as RunSteps } from "../runs/RunSteps.svelte"
export { default as RunsTools } from "../runs/RunsTools.svelte"
export { default as Side } from "./Side.svelte"
