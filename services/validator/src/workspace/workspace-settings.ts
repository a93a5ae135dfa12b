/** Where repositories come from and how much room their copies may take. */
import { resolve } from "node:path"
import { Config, Redacted, Schema } from "effect"

const MirrorUrl = Schema.String.check(Schema.isPattern(/^(?:https?|file):\/\/\S*$/u))

export const workspaceSettings = Config.all({
  /** `<url>/<repository>.git` is what git fetches: the github service's read-only proxy, or a directory of bare repositories (`file://`). */
  mirrorUrl: Config.schema(MirrorUrl, "CI_HEALING_MIRROR_URL").pipe(
    Config.withDefault("http://127.0.0.1:3003"),
    Config.map((url) => url.replace(/\/+$/u, "")),
  ),
  /** Sent to the mirror as a bearer token. */
  mirrorToken: Config.Redacted("CI_HEALING_MIRROR_TOKEN").pipe(Config.withDefault(Redacted.make(""))),
  /** Best on a local disk that can carry overlay mounts (ext4, xfs, btrfs). */
  directory: Config.NonEmptyString("CI_HEALING_WORKSPACE_DIR").pipe(
    Config.withDefault(".data/workspace"),
    Config.map((path) => resolve(path)),
  ),
  /** MiB that mirrors, trees and installed dependencies may take together; the longest unused go first. */
  maxMb: Config.Int("CI_HEALING_WORKSPACE_MAX_MB").pipe(Config.withDefault(20_480)),
  /** `auto`: overlay mounts where they work, else copies. */
  views: Config.Literals(["auto", "overlay", "copy"], "CI_HEALING_WORKSPACE_VIEWS").pipe(Config.withDefault("auto" as const)),
})

export type WorkspaceSettings = Config.Success<typeof workspaceSettings>

/** A commit with more files than this is not tried. */
export const maxFiles = 300_000
/** Commits of history fetched behind a branch's head: enough for the longest search for a green ancestor. */
export const historyDepth = 40
/** A commit's files may take at most this part of all room. */
export const treeShare = 0.25

/** The protocol that git may speak, and nothing else. */
export const protocolOf = (settings: WorkspaceSettings): string => settings.mirrorUrl.slice(0, settings.mirrorUrl.indexOf(":"))
