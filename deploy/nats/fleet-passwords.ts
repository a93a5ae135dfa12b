import { Service } from "@ci-fix-pilot/contract/ids"

/** Who logs in to the message server: the services, and people. */
const natsUsers: ReadonlyArray<string> = [...Service.literals, "operator"]

/** The environment variable in which nats.conf looks for a user's password. */
export const passwordVariable = (user: string): string => `CI_HEALING_NATS_PASSWORD_${user.toUpperCase()}`

/** A random password per user, as nats-server's environment. */
export const randomPasswords = (): Readonly<Record<string, string>> =>
  Object.fromEntries(natsUsers.map((user) => [passwordVariable(user), `p${crypto.randomUUID()}`]))
