import { mount } from "svelte"
import App from "./App.svelte"
import { recall } from "./remembered.ts"
import "./app.css"

// Before anything is seen: a page that turns dark after it was light hurts at night.
const theme = recall("theme")
if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme

const target = document.getElementById("app")
if (target === null) throw new Error("the page has no place for the dashboard")
mount(App, { target })
