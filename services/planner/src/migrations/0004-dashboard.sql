-- Who is signed in at the dashboard: api's alone, which may make no tables itself. `name` is a keyed hash of the secret that the browser keeps.
create table session (
  name text primary key,
  reviewer text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);

-- How often each strategy was tried and proven, without reading the whole past.
create index run_event_attempts on run_event (at) where type in ('attempt-started', 'fix-validated');
