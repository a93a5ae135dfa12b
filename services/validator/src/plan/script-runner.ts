/** How each package manager runs a script of `package.json`, and a part of one in the surroundings that it gives to the whole. */

export type ManagerName = "npm" | "pnpm" | "yarn" | "bun"

export interface ScriptRunner {
  readonly name: ManagerName
  readonly test: string
  /** Runs the test script, whose text this is, without the hooks around it. */
  readonly testAlone: (text: string) => string
  readonly script: (name: string) => string
  /** Runs shell text as the manager runs a script's: with the installed programs on PATH, and without its hooks. */
  readonly shell: (text: string) => string
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const runner = (name: ManagerName, test: string, shell: ScriptRunner["shell"]): ScriptRunner => ({
  name,
  test,
  testAlone: shell,
  script: (script) => `${name} run ${script}`,
  shell,
})

export const runners: Readonly<Record<ManagerName, ScriptRunner>> = {
  npm: {
    ...runner("npm", "npm test", (text) => `npm exec --offline --call ${quoted(text)}`),
    testAlone: () => "npm test --ignore-scripts",
  },
  pnpm: runner("pnpm", "pnpm test", (text) => `pnpm --shell-mode exec ${quoted(text)}`),
  yarn: runner("yarn", "yarn test", (text) => `yarn --silent exec -- sh -c ${quoted(text)}`),
  // Its own `bun exec` has another shell, and does not look into node_modules.
  bun: runner("bun", "bun run test", (text) => `PATH="$PWD/node_modules/.bin:$PATH" sh -c ${quoted(text)}`),
}

const options = `(?:(?:-s|--silent) )*`
const run = (managers: string) => new RegExp(`^(?:${managers}) ${options}(?:run|run-script) ${options}([\\w:.-]+)$`, "u")
const anyRun = run("npm|pnpm|yarn|bun")
/** Without `run`, as these let people write it; npm does so for a few names. */
const short = new RegExp(`^(?:pnpm|yarn|bun) ${options}([\\w:.-]+)$`, "u")
const shortOfNpm = new RegExp(`^npm ${options}(test|start)$`, "u")

/** The script that a part calls by its name, of those that there are; undefined when it is another command. */
export const calledScript = (segment: string, scripts: Readonly<Record<string, string>>): string | undefined => {
  const named = anyRun.exec(segment)?.[1]
  if (named !== undefined) return named
  const called = (short.exec(segment) ?? shortOfNpm.exec(segment))?.[1]
  const own = called !== undefined && scripts[called] !== undefined && !ownCommands.test(called)
  return own ? called : undefined
}

/** Names that mean the manager's own command rather than a script. */
const ownCommands = /^(?:install|i|ci|add|exec|pack|publish|build|why|x|create|link|audit)$/u
