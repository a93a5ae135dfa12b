/** Nothing that is committed points to a place that other people do not have. */
import { posix } from "node:path"
import { type House, matches, type Rule } from "./source-file.ts"

const machines = new RegExp(`(?<![A-Za-z0-9_.-])/(?:${["wo" + "rk", "fa" + "rm", "ro" + "ot", "tmp/bu" + "nx"].join("|")})/`, "g")
const registries = new RegExp(
  [
    ["registry", "npmjs"],
    ["registry", "yarnpkg"],
    ["deb", "debian"],
    ["security", "debian"],
    ["archive", "ubuntu"],
    ["pypi", "org"],
    ["proxy", "golang"],
    ["artifactregistry", "googleapis"],
  ]
    .map((parts) => `\\b${parts.join("\\.")}\\b`)
    .join("|"),
  "g",
)

const readable = (house: House) => house.filter(({ text }) => !text.includes("\0"))

const links = /\]\((?!https?:|mailto:|#)([^)\s#]+)[^)]*\)/g

const dead = (house: House, path: string, target: string): boolean => {
  const wanted = posix.normalize(posix.join(posix.dirname(path), decodeURI(target))).replace(/\/$/, "")
  return wanted !== "." && !house.some((file) => file.path === wanted || file.path.startsWith(`${wanted}/`))
}

/** The rules of places. */
export const placeRules: ReadonlyArray<Rule> = [
  {
    title: "no path of somebody's machine",
    check: (house) => readable(house).flatMap((file) => matches(file, machines, "a path of one machine")),
  },
  {
    title: "no package registry by its address",
    check: (house) => readable(house).flatMap((file) => matches(file, registries, "a registry's address")),
  },
  {
    title: "the lockfile holds no address",
    check: (house) => house.filter(({ path }) => path === "bun.lock").flatMap((file) => matches(file, /"https?:\/\/[^"]*/g, "an address")),
  },
  {
    title: "no dead link in the documents",
    check: (house) =>
      house
        .filter(({ path }) => path.endsWith(".md") && !/\/(scenarios|fixtures)\//.test(path))
        .flatMap(({ path, text }) =>
          [...text.replaceAll(/```[\s\S]*?```/g, "").matchAll(links)]
            .map(([, target = ""]) => target)
            .filter((target) => dead(house, path, target))
            .map((target) => `${path}: dead link ${target}`),
        ),
  },
]
