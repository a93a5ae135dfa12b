-- What arrived from outside, before anybody answered 2xx for it. Written by ingest and api; applied by the planner.
create table inbox (
  source text not null,
  key text not null,
  run_id text not null,
  type text not null,
  body jsonb not null,
  body_sha256 text not null,
  message_id text not null unique,
  traceparent text not null,
  received_at timestamptz not null default now(),
  applied_at timestamptz,
  outcome jsonb,
  primary key (source, key)
);
create index inbox_unapplied on inbox (received_at) where applied_at is null;
create index inbox_run on inbox (run_id);

-- One row per run: the fold of its ledger, and what lists and sweeps look for.
create table run (
  run_id text primary key,
  repository text not null,
  branch text not null,
  commit_sha text not null,
  title text not null,
  status text not null,
  phase text not null,
  signature text,
  attempt int not null default 0,
  max_attempts int not null,
  strategy text,
  pull_request_url text,
  cost_usd double precision not null default 0,
  state jsonb not null,
  seq int not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  stopped_at timestamptz,
  deadline_at timestamptz,
  deadline_kind text,
  pull_request_checked_at timestamptz
);
create index run_newest on run (created_at desc, run_id);
create index run_repository on run (lower(repository), created_at desc);
create index run_open on run (lower(repository)) where stopped_at is null;
create index run_deadline on run (deadline_at) where deadline_at is not null;
create index run_signature on run (lower(repository), branch, signature);

-- The ledger: append-only, gapless per run, in commit order over all runs.
create table run_event (
  run_id text not null references run (run_id),
  seq int not null,
  position bigint not null unique,
  type text not null,
  at timestamptz not null default now(),
  caused_by text,
  traceparent text not null,
  data jsonb not null,
  primary key (run_id, seq)
);
create function refuse_change() returns trigger language plpgsql as $$
begin raise exception 'the ledger is append-only'; end $$;
create trigger run_event_append_only before update or delete on run_event for each statement execute function refuse_change();
create trigger run_event_no_truncate before truncate on run_event for each statement execute function refuse_change();

-- The last position given out; its lock orders the commits.
create table ledger (one boolean primary key default true check (one), position bigint not null);
insert into ledger (position) values (0);

-- What was asked of whom, and how it stands.
create table command (
  command_id text primary key,
  run_id text not null references run (run_id),
  type text not null,
  data jsonb not null,
  attempt int,
  traceparent text not null,
  dispatch int not null default 1,
  tries int not null default 0,
  created_at timestamptz not null default now(),
  not_before timestamptz not null default now(),
  deadline_at timestamptz not null,
  sent_at timestamptz,
  stream_seq bigint,
  checked_at timestamptz,
  holder text,
  lease_until timestamptz,
  max_usd double precision not null default 0,
  reserved_usd double precision not null default 0,
  closed_at timestamptz,
  outcome text
);
create index command_open on command (not_before) where closed_at is null;
create index command_run on command (run_id);

-- Both are changed several times in a short life: room on their pages keeps those changes out of the indexes, and what they leave is cleared soon.
alter table command set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
alter table run set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200);

-- Messages that were applied: a repeat writes nothing.
create table applied (message_id text primary key, at timestamptz not null default now());
create index applied_at on applied (at);

-- Messages that could not be applied, with the reason; a person may send one again.
create table dead_letter (
  message_id text primary key,
  run_id text,
  text text not null,
  why text not null,
  at timestamptz not null default now()
);
