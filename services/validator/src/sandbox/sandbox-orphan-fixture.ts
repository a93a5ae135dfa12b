/** A service that runs one command in a sandbox and can be killed: `bun sandbox-orphan-fixture.ts docker|bubblewrap <view> <command>`. */
import { Effect } from "effect"
import { layer as bubblewrap } from "./Sandbox.bubblewrap.ts"
import { layer as docker } from "./Sandbox.docker.ts"
import { Sandbox } from "./Sandbox.ts"

const [, , kind = "", root = "", command = ""] = Bun.argv

const onOutput = (chunk: Uint8Array) => process.stdout.write(chunk)

await Effect.runPromise(
  Sandbox.use((sandbox) => sandbox.run({ label: "orphan", command, root, onOutput })).pipe(
    Effect.provide(kind === "docker" ? docker : bubblewrap),
  ),
)
