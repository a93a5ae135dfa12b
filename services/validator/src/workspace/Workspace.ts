/**
 * The files of a repository, ready to be tried: a mirror per repository, one immutable tree per commit, installed dependencies per set
 * of manifests, and a copy-on-write view per try. Everything this service itself reads of a repository comes from git's objects, never
 * through the file system, so that no symbolic link can lead it anywhere.
 */
import type { Branch, CommitSha, Repository } from "@ci-fix-pilot/contract/ids"
import type { Provider } from "@ci-fix-pilot/contract/values"
import { Context, type Effect, Schema, type Scope } from "effect"

/** What must be known to find a commit; a contract `Target` is one. */
export interface Source {
  readonly provider: Provider
  readonly repository: Repository
  readonly branch: Branch
  readonly commitSha: CommitSha
}

/** The mirror, the network or the disk is in trouble: the same question may go well later. */
export class WorkspaceUnavailable extends Schema.TaggedError<WorkspaceUnavailable>()("WorkspaceUnavailable", { reason: Schema.String }) {
  override get message(): string {
    return this.reason
  }
}

/** The repository cannot give this commit, or gives one that must not be tried (too large). Asking again changes nothing. */
export class CommitUnusable extends Schema.TaggedError<CommitUnusable>()("CommitUnusable", {
  commit: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.commit.slice(0, 12)}: ${this.reason}`
  }
}

/** A regular file's new content; `null` removes it. */
export interface FileChange {
  readonly path: string
  readonly content: Uint8Array | null
  /** As git writes it; the file's present mode, or 100644 for a new file, unless told. */
  readonly mode?: "100644" | "100755"
}

/** An entry of a commit's tree. */
export interface TreeEntry {
  readonly path: string
  /** `100644`, `100755`, `120000` (symbolic link) or `160000` (submodule). */
  readonly mode: string
  readonly blob: string
  readonly bytes: number
}

/** One try's private files. */
export interface View {
  /** Absolute path; writable by the sandbox's user; gone when the scope closes. */
  readonly root: string
  /** What to measure for the disk limit; absent when that is `root`. */
  readonly measure?: string
  /** The git tree of the commit with the changes applied. */
  readonly treeSha: CommitSha
}

/** What a try needs to know of what was installed for it. */
export const LayerFacts = Schema.Struct({
  /** How it was made, as a person would type it. */
  by: Schema.String,
  notes: Schema.Array(Schema.String),
  /** What the manifests ask for and could not be had, each with why; absent when all is there. */
  notInstalled: Schema.optionalKey(Schema.Array(Schema.String)),
  /** When it was made, in milliseconds since 1970, where it lacks something. */
  madeAt: Schema.optionalKey(Schema.Finite),
  /** Added to the environment of every try. */
  env: Schema.Record(Schema.String, Schema.String),
  /** Searched by every try before the sandbox's own. */
  path: Schema.Array(Schema.String),
})
export type LayerFacts = typeof LayerFacts.Type

/** A directory tree laid between the commit's files and the try's own changes. `key` is unique for its content, and safe in a path. */
export interface ViewLayer extends LayerFacts {
  readonly key: string
}

export interface SearchHit {
  readonly path: string
  readonly line: number
  readonly text: string
}

type Trouble = WorkspaceUnavailable | CommitUnusable

export class Workspace extends Context.Service<
  Workspace,
  {
    /** Makes sure that the commit and its checked-out tree are here. */
    readonly prepare: (source: Source) => Effect.Effect<void, Trouble>
    /** A fresh view of the commit with `changes` applied, over what was installed for it. */
    readonly view: (
      source: Source,
      options?: { readonly changes?: ReadonlyArray<FileChange>; readonly layers?: ReadonlyArray<ViewLayer> },
    ) => Effect.Effect<View, Trouble, Scope.Scope>
    /** The cached layer with this key; `make` fills the empty directory that it is given when there is none, and is not run twice at once. */
    readonly layer: <E, R>(
      key: string,
      make: (directory: string) => Effect.Effect<LayerFacts, E, R>,
    ) => Effect.Effect<ViewLayer, E | WorkspaceUnavailable, R>
    /**
     * An empty directory of this machine's, beside the views, so that a daemon which runs elsewhere sees it, too. It is gone with its
     * scope; where the process is killed before that, with the next start.
     */
    readonly temporary: Effect.Effect<string, WorkspaceUnavailable, Scope.Scope>
    /** Writes files of the commit into a directory of this machine, at their own paths. Fails when one is no regular file. */
    readonly write: (source: Source, paths: ReadonlyArray<string>, directory: string) => Effect.Effect<void, Trouble>
    /** All entries of the commit in path order. */
    readonly entries: (source: Source) => Effect.Effect<ReadonlyArray<TreeEntry>, Trouble>
    /** Contents of regular files that are there and no larger than `maxBytes` (default 1 MiB each). */
    readonly read: (source: Source, paths: ReadonlyArray<string>, maxBytes?: number) => Effect.Effect<ReadonlyMap<string, Buffer>, Trouble>
    /** Lines with the literal text, in path order. */
    readonly search: (source: Source, text: string, limit: number) => Effect.Effect<ReadonlyArray<SearchHit>, Trouble>
    /** The commit's first-parent ancestors, newest first, without itself, as far as `limit` or the fetched history goes. */
    readonly ancestors: (source: Source, limit: number) => Effect.Effect<ReadonlyArray<CommitSha>, Trouble>
    /** The unified diff between two commits: no colours, no renames, full index lines; at most 4 MiB. */
    readonly diff: (source: Source, from: CommitSha, to: CommitSha) => Effect.Effect<string, Trouble>
  }
>()("ci-fix-pilot/Workspace") {}
