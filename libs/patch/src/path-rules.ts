/** Why a path must never be written, or nothing. Judged as text: the strictest of what git, Linux, macOS and Windows would make of it. */
export const unsafePath = (path: string): string | undefined => {
  if (path === "" || path.length > 500) return "the path is empty or too long"
  if (/^[/\\~]|^[A-Za-z]:/.test(path)) return "the path is absolute"
  if (path.includes("\\")) return "the path has a backslash"
  const segments = path.split("/")
  if (segments.some((segment) => segment === ".." || segment === ".")) return "the path leaves or circles its folder"
  if (segments.some((segment) => segment === "" || /[. ]$/.test(segment))) return "a folder's name is empty or ends in a dot or space"
  if (segments.some((segment) => /^(?:\.git|git~\d+)$/i.test(segment.normalize("NFKC").replace(/:.*$/, ""))))
    return "the path leads into .git"
  if (segments.some((segment) => /[<>:"|?*]/.test(segment))) return "a name has a character that some systems give a meaning"
  return undefined
}

const name = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

const PROTECTED: ReadonlyArray<readonly [RegExp, string]> = [
  [/^\.github\//i, "what GitHub runs and who reviews"],
  [/(?:^|\/)CODEOWNERS$/i, "who must review"],
  [
    /^(?:\.gitlab-ci\.ya?ml|\.gitlab\/|\.circleci\/|Jenkinsfile|azure-pipelines\.ya?ml|\.travis\.yml|\.buildkite\/|\.drone\.yml|bitbucket-pipelines\.yml|appveyor\.yml|\.woodpecker|\.ci\/|\.ci-fix-pilot\.ya?ml)/i,
    "what CI runs",
  ],
  [
    /(?:^|\/)(?:\.husky|\.githooks|\.git-hooks)\/|(?:^|\/)hooks\/(?:pre|post|prepare|commit|applypatch|update|fsmonitor)[\w-]*(?:\.sample)?$|(?:^|\/)(?:lefthook\.ya?ml|\.pre-commit-config\.ya?ml|\.lintstagedrc.*|lint-staged\.config\.\w+)$/i,
    "git hooks",
  ],
  [/(?:^|\/)\.(?:gitattributes|gitconfig|gitmodules|lfsconfig)$/i, "how git reads the repository"],
  [
    /(?:^|\/)(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.c?js|pnpm-workspace\.yaml|bunfig\.toml|pip\.(?:conf|ini)|\.pypirc|uv\.toml|\.condarc|nuget\.config|\.netrc|\.gemrc|gradle-wrapper\.properties|settings\.xml|\.cargo\/config(?:\.toml)?|\.bundle\/config)$/i,
    "where packages come from",
  ],
  [/(?:^|\/)(?:\.yarn|\.mvn|\.cargo|\.bundle)\//i, "where packages come from"],
  [/(?:^|\/)(?:node_modules|site-packages|\.venv)\/|^\.(?:go|cargo-home|python)\//i, "what is installed"],
  [/(?:^|\/)(?:sitecustomize|usercustomize)\.py$|\.pth$/i, "what Python runs before a program"],
  [/(?:^|\/)(?:\.env(?!\.(?:example|sample|template)$)(?:\..*)?|\.envrc)$/i, "the environment"],
  [/^(?:\.vscode|\.idea|\.devcontainer)\//i, "what an editor runs"],
  [/(?:^|\/)(?:Dockerfile(?:\..*)?|docker-compose.*\.ya?ml|compose\.ya?ml)$/i, "what containers run"],
]

/** What a path decides that only a person may change, or nothing. */
export const protectedBecause = (path: string): string | undefined => PROTECTED.find(([pattern]) => pattern.test(path))?.[1]

/** Whether a file holds tests, fixtures of tests, or what tests compare with. */
export const isTestFile = (path: string): boolean =>
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e|cypress|testing|integration-tests?)\//i.test(path) ||
  /[._-](?:tests?|specs?|cy|e2e)\.[cm]?[jt]sx?$/i.test(path) ||
  /^(?:test_.*|.*_tests?|conftest)\.py$|_test\.go$|(?:Tests?|IT|Spec)\.(?:java|kt|scala|cs|groovy)$|_(?:spec|test)\.(?:rb|exs|dart)$|^tests?\.(?:rs|[cm]?[jt]sx?)$|Test\.php$/.test(
    name(path),
  )

/** Recorded output that tests compare with: changing it changes what passes. */
export const isSnapshot = (path: string): boolean =>
  /(?:^|\/)(?:__snapshots__|__fixtures__|fixtures|testdata|snapshots|goldens?|__image_snapshots__|cassettes)\//i.test(path) ||
  /\.(?:snap|golden|approved\.\w+|ambr|storyshot)$/i.test(path)

/** What decides which checks run and how strictly. */
export const isCheckConfig = (path: string): boolean =>
  /^(?:(?:jest|vitest|vite|playwright|cypress|karma|ava|wdio|nightwatch|cucumber|babel|tsup|rollup|webpack|eslint|prettier|stylelint|commitlint|lint-staged|knip|stryker)(?:\.[\w-]+)?\.(?:conf|config|setup|workspace)\.\w+|\.(?:mocharc|eslintrc|prettierrc|nycrc|c8rc|taprc|babelrc|swcrc|stylelintrc|jshintrc|markdownlint|editorconfig)[\w.]*|\.(?:eslintignore|prettierignore|coveragerc|flake8|pylintrc|rspec|rubocop\.yml|golangci\.ya?ml|codecov\.yml)|(?:pytest|tox|mypy|setup)\.(?:ini|cfg)|(?:ruff|clippy|rustfmt|deny|nextest|taplo)\.toml|biome\.jsonc?|oxlintrc\.json|\.oxlintrc\.json|tsconfig[\w.-]*\.json|jsconfig\.json|codecov\.ya?ml|noxfile\.py|phpunit[\w.]*\.xml|Makefile|GNUmakefile|justfile|Taskfile\.ya?ml|Rakefile|turbo\.json|nx\.json|deno\.jsonc?|\.swiftlint\.yml|checkstyle\.xml|sonar-project\.properties)$/i.test(
    name(path),
  )

/** The file in which a package manager records what it resolved. */
export const isLockfile = (path: string): boolean =>
  /^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|Cargo\.lock|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|Gemfile\.lock|composer\.lock|go\.sum|gradle\.lockfile|mix\.lock|Podfile\.lock|packages\.lock\.json)$/.test(
    name(path),
  )

/** The manifests that may explain a change of a lockfile. */
export const manifestsOf = (lockfile: string): ReadonlyArray<string> => {
  const file = name(lockfile)
  const known: ReadonlyArray<readonly [RegExp, ReadonlyArray<string>]> = [
    [/^(?:package-lock|npm-shrinkwrap|yarn|pnpm-lock|bun|deno)/, ["package.json", "pnpm-workspace.yaml", "deno.json"]],
    [/^Cargo/, ["Cargo.toml"]],
    [/^(?:poetry|uv|pdm|Pipfile)/, ["pyproject.toml", "Pipfile"]],
    [/^Gemfile/, ["Gemfile"]],
    [/^composer/, ["composer.json"]],
    [/^go/, ["go.mod"]],
    [/^gradle/, ["build.gradle", "build.gradle.kts"]],
    [/^mix/, ["mix.exs"]],
    [/^Podfile/, ["Podfile"]],
  ]
  return known.find(([pattern]) => pattern.test(file))?.[1] ?? []
}

/** A file that declares dependencies. */
export const isManifest = (path: string): boolean =>
  /^(?:package\.json|Cargo\.toml|pyproject\.toml|Pipfile|setup\.(?:py|cfg)|requirements[\w.-]*\.(?:txt|in)|constraints[\w.-]*\.txt|Gemfile|[\w.-]+\.gemspec|composer\.json|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|libs\.versions\.toml|mix\.exs|Podfile|[\w.-]+\.csproj|deno\.jsonc?)$/.test(
    name(path),
  ) || /(?:^|\/)requirements\/[\w.-]+\.(?:txt|in)$/.test(path)
