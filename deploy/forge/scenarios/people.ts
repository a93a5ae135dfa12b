import type { Developer } from "../operations.ts"

/** Who commits in the scenarios. */
export const mara: Developer = { login: "mara-lindt", name: "Mara Lindt", email: "mara.lindt@acme.example" }
export const jonas: Developer = { login: "jokafor", name: "Jonas Okafor", email: "jonas.okafor@acme.example" }
export const priya: Developer = { login: "priya-raman", name: "Priya Raman", email: "priya.raman@acme.example" }
export const tomasz: Developer = { login: "tnowak", name: "Tomasz Nowak", email: "tomasz.nowak@acme.example" }
