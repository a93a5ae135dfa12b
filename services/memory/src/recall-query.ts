/**
 * The statements that look for memories. Parameters: $1 the vector as text, $2 the repository, $3 the signature, $4 the model.
 * Pure: text in, text out.
 */
import { dimensions, hashedModel } from "./hash-features.ts"

/** Candidates that each part brings; the best of all of them are picked afterwards. */
export const candidates = 50

/** Where to look: in this repository; in the others, and then only at what a person merged. */
export type Place = "here" | "elsewhere"
const where: Readonly<Record<Place, string>> = {
  here: "lower(repository) = lower($2)",
  elsewhere: "lower(repository) <> lower($2) and outcome = 'merged'",
}

const columns = "memory_id, repository, branch, commit_sha, run_id, signature, summary, strategy, patch, outcome, why, pull_request_url"

/** How many memories could be compared, counted no further than one beyond `upTo`. Parameters: $1 the model, $2 the repository. */
export const countQuery = (places: ReadonlyArray<Place>, upTo: number) =>
  `select ${places
    .map(
      (place) =>
        `(select count(*)::int from (select 1 from memory where embedding_model = $1 and ${where[place]} limit ${upTo + 1}) counted) as ${place}`,
    )
    .join(", ")}`

/** Memories of this very failure, whatever model embedded them; a vector of another model says nothing about likeness. */
const sameFailure = (place: Place) => `
(select ${columns}, case when embedding_model = $4 then 1 - (embedding <=> $1::text::vector) end as likeness, ${place === "here"} as here, true as same
 from memory where signature = $3 and ${where[place]}
 order by array_position(array['merged', 'validated', 'rejected'], outcome), updated_at desc, memory_id limit ${candidates})`

/** Compares one by one. The filter comes first: vectors of other lengths are never compared. */
const oneByOne = (place: Place) =>
  `select *, embedding <=> $1::text::vector as distance from memory
   where embedding_model = $4 and signature <> $3 and ${where[place]} order by distance, memory_id limit ${candidates}`

/** The same words as the index has, or it is not used. */
const byIndex = (place: Place) =>
  `select *, embedding::vector(${dimensions}) <=> $1::text::vector(${dimensions}) as distance from memory
   where embedding_model = '${hashedModel}' and signature <> $3 and ${where[place]}
   order by embedding::vector(${dimensions}) <=> $1::text::vector(${dimensions}) limit ${candidates}`

const alikeFailure = (place: Place, indexed: boolean) => `
(select ${columns}, 1 - distance as likeness, ${place === "here"} as here, false as same from (${indexed ? byIndex(place) : oneByOne(place)}) nearest)`

/** All candidates: each place and whether the index is to be used there. */
export const recallQuery = (places: ReadonlyArray<readonly [Place, indexed: boolean]>) =>
  places.flatMap(([place, indexed]) => [sameFailure(place), alikeFailure(place, indexed)]).join("\nunion all")

/**
 * For the index: a list of candidates twice as long as what is asked for, and, where the filter drops many of them, to go on until
 * there are enough (pgvector 0.8). Without it a filter of 1 % left 4 % of the true neighbours.
 */
export const indexSettings = ["set local hnsw.ef_search = 100", "set local hnsw.iterative_scan = relaxed_order"] as const
