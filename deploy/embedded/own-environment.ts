/** What of an environment is about another system than the one that is started beside a forge of its own. */
const foreign: ReadonlySet<string> = new Set([
  // This one is asked by its own process, on loopback, where it needs no token.
  "CI_HEALING_API_TOKEN",
  // Whom it may heal, and where its pull requests go, is decided by the person who starts it.
  "CI_HEALING_ENABLED",
  "CI_HEALING_ALLOWED_REPOSITORIES",
  "CI_HEALING_GITHUB_ENABLED",
  "CI_HEALING_DELIVERY",
  "CI_HEALING_SAFE_MODE",
  // Its GitHub is the forge, which knows one token and no app; its address is its own.
  "CI_HEALING_GITHUB_APP_ID",
  "CI_HEALING_GITHUB_APP_PRIVATE_KEY",
  "CI_HEALING_MIRROR_HOST",
  "CI_HEALING_MIRROR_TOKEN",
  "CI_HEALING_RUN_URL",
  // The projects of its forge say themselves what proves them; heal hands over its own.
  "CI_HEALING_CONTAINER_VALIDATE_COMMAND",
  // Nobody is to be told of what is only tried out.
  "CI_HEALING_SLACK_WEBHOOK_URL",
])

/** The environment of `npm run demo` and `npm run heal`: models, limits, sandbox and registries as they are set, nothing of the system in production. */
export const ownEnvironment = (environment: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined || foreign.has(name) ? [] : [[name, value] as const])),
  )
