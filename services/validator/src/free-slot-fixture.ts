import { execFileSync } from "node:child_process"
import { join } from "node:path"

/** Waits until nobody has the first slot of a workspace: the kernel takes the lock of a killed service a moment after it is seen to be gone. */
export const untilSlotIsFree = (workspace: string) => execFileSync("flock", [join(workspace, "0.lock"), "true"])
