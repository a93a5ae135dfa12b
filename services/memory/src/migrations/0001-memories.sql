create extension if not exists vector;

-- What was tried for which failure, and how it ended. One row per attempt of a run.
create table memory (
  memory_id text primary key,
  run_id text not null,
  attempt int not null,
  repository text not null,
  branch text not null,
  commit_sha text not null,
  signature text not null,
  digest text not null,
  summary text not null,
  strategy text not null,
  patch jsonb not null,
  outcome text not null,
  why text,
  pull_request_url text,
  embedding_model text not null,
  embedding vector not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index memory_signature on memory (signature);
create index memory_repository on memory (lower(repository), embedding_model);
-- The local embedding has 384 dimensions; other models are compared exactly.
create index memory_nearest on memory using hnsw ((embedding::vector(384)) vector_cosine_ops) where embedding_model = 'hashed-384';
