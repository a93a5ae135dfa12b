import { spawnSync } from "node:child_process"
import { installPackages } from "./system-packages.ts"

/** The version of the python3 on PATH, when it has pytest. */
export const findPython = (): string | undefined => {
  const { status, stdout } = spawnSync("python3", ["-c", "import platform, pytest; print(platform.python_version())"], { encoding: "utf8" })
  return status === 0 ? stdout.trim() : undefined
}

/** Installs the system's python3 with pytest. */
export const installPython = (): Promise<void> =>
  installPackages("python3 with pytest", ["python3", "python3-pytest"], () => findPython() !== undefined)
