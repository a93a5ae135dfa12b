import { Config, Context, Effect, Layer, Option } from "effect"

/**
 * Named places where a process may be made to die, so that tests can prove that dying exactly there loses and doubles nothing.
 * Outside of tests this does nothing.
 */
export const CrashPoints = Context.Reference<(point: string) => Effect.Effect<void>>("ci-fix-pilot/CrashPoints", {
  defaultValue: () => () => Effect.void,
})

/** A place in the code where a crash is interesting: `<service>.<verb-noun>:<moment>`. */
export const crashPoint = (point: string) => CrashPoints.use((reach) => reach(point))

const dieAt = (wanted: string) => (point: string) =>
  point === wanted
    ? Effect.sync(() => {
        process.stderr.write(`${JSON.stringify({ level: "fatal", message: "crash point reached", point })}\n`)
        process.kill(process.pid, "SIGKILL")
      })
    : Effect.void

/** Arms the point that `CI_HEALING_TEST_CRASH_AT` names, if it names one. */
export const layer = Layer.unwrap(
  Effect.map(Config.option(Config.NonEmptyString("CI_HEALING_TEST_CRASH_AT")), (wanted) =>
    Option.isNone(wanted) ? Layer.empty : Layer.succeed(CrashPoints, dieAt(wanted.value)),
  ),
)
