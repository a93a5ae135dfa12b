/** The tools a model may call: three that read, and those that answer. None of them writes anything. */
import { Diagnosis } from "@ci-fix-pilot/contract/values"
import { Schema } from "effect"
import { Edit, NewFile } from "./apply-edits.ts"
import type { Tool } from "./Model.ts"

const Path = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(500))
const Line = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000_000 }))
const Confidence = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

export const ReadFile = Schema.Struct({ path: Path, fromLine: Schema.optionalKey(Line), toLine: Schema.optionalKey(Line) })
export const SearchFiles = Schema.Struct({ text: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(300)) })
export const ListFiles = Schema.Struct({ under: Schema.optionalKey(Path) })

export const ProposeFix = Schema.Struct({
  explanation: Schema.String.annotate({ description: "the cause, and why the change cures it, in a few sentences" }),
  confidence: Confidence,
  edits: Schema.Array(Edit),
  newFiles: Schema.optionalKey(Schema.Array(NewFile)),
})
export const Decline = Schema.Struct({ reason: Schema.String })
export const Diagnose = Schema.Struct({
  kind: Diagnosis.fields.kind,
  summary: Schema.String.annotate({ description: "what broke, in one sentence" }),
  suspectFiles: Schema.Array(Schema.String).annotate({ description: "paths in the repository, the likeliest first" }),
  confidence: Confidence,
})

const tool = (name: string, description: string, input: Schema.Top): Tool => ({
  name,
  description,
  parameters: Schema.toJsonSchemaDocument(input, { onExcessProperty: "error" }).schema,
})

export const fixTools: ReadonlyArray<Tool> = [
  tool("read_file", "Reads lines of a text file of the repository at the failing commit. Lines count from 1.", ReadFile),
  tool("search_files", "Finds lines that contain a text literally, in all files of the repository.", SearchFiles),
  tool("list_files", "Lists paths of the repository, all or those below a directory.", ListFiles),
  tool("propose_fix", "Answers with a fix: exact edits of existing files, and new files if any.", ProposeFix),
  tool("decline", "Answers that there is no fix to propose, and why.", Decline),
]

export const diagnosisTools: ReadonlyArray<Tool> = [tool("diagnose", "Answers with the diagnosis.", Diagnose)]
