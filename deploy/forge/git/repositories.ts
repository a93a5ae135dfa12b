import { existsSync } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import type { Person, RepositoryRow } from "../store/rows.ts"
import type { Store } from "../store/store.ts"
import { type Commit, findCommit, isRefName, type Signature } from "./commits.ts"
import { importRepository } from "./import-repository.ts"
import { ObjectReader } from "./object-reader.ts"

/** A repository to be made. */
export interface NewRepository {
  readonly owner: string
  readonly name: string
  readonly private?: boolean
  /** A folder, or a local git repository, of which all branches are copied. It is only read. */
  readonly from: string
  /** Who made the first commit when `from` is a folder, and its message. */
  readonly author?: Signature
  readonly message?: string
  /** The full name of the repository that this one is a fork of. */
  readonly parent?: string
  readonly people?: Readonly<Record<string, Person>>
}

/** The forge's repositories: rows in the store, bare repositories on disk. */
export interface Repositories {
  readonly create: (repository: NewRepository) => Promise<RepositoryRow>
  readonly find: (owner: string, name: string) => RepositoryRow | undefined
  readonly byName: (fullName: string) => RepositoryRow | undefined
  /** The bare repository's folder on disk. */
  readonly path: (repository: RepositoryRow) => string
  readonly reader: (repository: RepositoryRow) => ObjectReader
  /** The commit a branch is at; undefined when there is no such branch. */
  readonly tip: (repository: RepositoryRow, branch: string) => Promise<string | undefined>
  readonly commit: (repository: RepositoryRow, name: string) => Promise<Commit | undefined>
  readonly close: () => void
}

/** `owner/name` */
export const fullName = (repository: { readonly owner: string; readonly name: string }): string => `${repository.owner}/${repository.name}`

/** Each holds a git process. */
const mostReaders = 48

const safeName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/u

/** Keeps the bare repositories below `dir/repositories`. */
export const makeRepositories = (dir: string, store: Store, now: () => Date): Repositories => {
  const readers = new Map<string, ObjectReader>()
  const path = (repository: { readonly owner: string; readonly name: string }) =>
    join(dir, "repositories", repository.owner, `${repository.name}.git`)
  const byName = (name: string) => store.repositories.get(name.toLowerCase())
  const reader = (repository: RepositoryRow) => {
    const name = fullName(repository)
    const found = readers.get(name) ?? new ObjectReader(path(repository))
    // The map's order is the order of use: what was used longest ago is closed first.
    readers.delete(name)
    readers.set(name, found)
    const [oldest] = readers
    if (readers.size > mostReaders && oldest !== undefined) {
      oldest[1].close()
      readers.delete(oldest[0])
    }
    return found
  }
  return {
    byName,
    path,
    reader,
    find: (owner, name) => byName(`${owner}/${name}`),
    tip: async (repository, branch) => (isRefName(branch) ? (await reader(repository).read(`refs/heads/${branch}`))?.oid : undefined),
    commit: (repository, name) => findCommit(reader(repository), name),
    create: async (wanted) => {
      if (!safeName.test(wanted.owner) || !safeName.test(wanted.name) || wanted.name.endsWith(".git")) {
        throw new Error(`not a repository name: ${fullName(wanted)}`)
      }
      if (byName(fullName(wanted)) !== undefined) throw new Error(`there is a repository ${fullName(wanted)} already`)
      const at = now().toISOString()
      const target = path(wanted)
      // A folder without a row was left by a process that was killed between the two.
      if (existsSync(target)) await rm(target, { recursive: true })
      const author = wanted.author ?? { name: wanted.owner, email: `${wanted.owner}@users.noreply.github.com`, date: at }
      const defaultBranch = await importRepository(wanted.from, target, author, wanted.message ?? "Initial commit")
      return store.repositories.put(fullName(wanted).toLowerCase(), {
        id: 1000 + store.next("repository"),
        owner: wanted.owner,
        name: wanted.name,
        private: wanted.private ?? false,
        defaultBranch,
        parent: wanted.parent ?? null,
        people: wanted.people ?? {},
        createdAt: at,
        pushedAt: at,
      })
    },
    close: () => {
      for (const one of readers.values()) one.close()
    },
  }
}
