/** A test that passed, said in the middle of others. */
export const isPassing = (line: string): boolean =>
  /^\s*(?:ok \d|✓|✔|√|\(pass\)|PASS\b|--- PASS|# Subtest|=== (?:RUN|PAUSE|CONT)|test .* \.\.\. ok$)/.test(line)

const FRAME = /^\s*(?:#\s+)?(?:at |❯ |› |File ")/
const OTHERS =
  /node_modules[/\\]|\(?node:|site-packages[/\\]|[/\\]lib[/\\]python3|^\s*at (?:java\.|jdk\.|org\.junit\.|native)|<anonymous>$|<Jasmine>|\/rustc\/|\(native/

const BARE_FRAME = /^\s+[\w.<>[\] ]{1,100} \((?:file:|node:|[\w./~-]+[/\\])[^()]{1,300}:\d+:\d+\)$/
const RUST_FRAME = /^\s+\d+: (?:core|std|__rustc|test|alloc|<fn)\b|^\s+at \/rustc\//

/** A stack frame. */
export const isFrame = (line: string): boolean => FRAME.test(line) || BARE_FRAME.test(line) || RUST_FRAME.test(line)

/** A stack frame in code that is not the repository's. */
export const isFrameOfOthers = (line: string): boolean => RUST_FRAME.test(line) || (isFrame(line) && OTHERS.test(line))

const SUMMARY =
  /^(?:[ℹ#] (?:fail|tests) [1-9]|Tests: .*failed|Test Suites: .*failed| *(?:Test Files|Tests) +\d+ failed|=+ .*\b(?:failed|error)s?\b.* =+$|FAILED \S+|FAILED \((?:fail|err)|Ran \d+ tests? in|test result: FAILED|FAIL\t|FAIL {2}\S+ +\[?\d|FAIL$|\s*✖ \d+ problems?|Found \d+ errors?|\[ERROR\] (?:Tests run:|Failed to execute goal)|error: (?:could not compile|test failed|aborting due)|error: Recipe|make: \*\*\* |\s*\d+ (?:tests? failed|fail)$|##\[error\]Process completed with exit code|npm (?:ERR!|error) (?:code ELIFECYCLE|Lifecycle script)|\d+ specs?, \d+ failures?|Test Files|Snapshots?:|Error: Process completed)/

/** A tool's or the runner's last word on the whole; it ends a block. */
export const isSummary = (line: string): boolean => SUMMARY.test(line)
