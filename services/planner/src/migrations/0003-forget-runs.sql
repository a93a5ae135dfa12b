-- Runs that ended long ago may be forgotten, each as a whole. This function is the only way out of the ledger: in the fleet nobody else has
-- the right to it (deploy/postgres/roles.sql), and nowhere does the ledger let go of a row for anything else.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('ci_fix_pilot.forgetting', true) = 'whole runs' then return null; end if;
  raise exception 'the ledger is append-only';
end $$;

-- The database looks for what refers to a run with the rights of the referring table's owner, who in the fleet may not lock the past.
alter table run_event drop constraint run_event_run_id_fkey;

create index run_stopped on run (stopped_at) where stopped_at is not null;
create index inbox_received on inbox using brin (received_at);

-- Forgets at most so many runs, with everything that belongs to them. One that is still of interest stays however old it is: its pull
-- request is open, a command of it is, or something that arrived for it was not applied yet.
create function forget_runs(older_than interval, most int) returns int language plpgsql security definer
set search_path = public, pg_temp as $$
declare
  old text[];
begin
  if older_than < interval '14 days' then raise exception 'runs are kept for at least 14 days'; end if;
  select coalesce(array_agg(run_id), '{}') into old from (
    select run_id from run r
    where stopped_at < now() - older_than and updated_at < now() - older_than and deadline_kind is distinct from 'pull-request'
      and not exists (select 1 from command c where c.run_id = r.run_id and c.closed_at is null)
      and not exists (select 1 from inbox i where i.run_id = r.run_id and i.applied_at is null)
    order by stopped_at limit most for update skip locked) ended;
  perform set_config('ci_fix_pilot.forgetting', 'whole runs', true);
  delete from run_event where run_id = any (old);
  perform set_config('ci_fix_pilot.forgetting', '', true);
  delete from command where run_id = any (old);
  delete from inbox where run_id = any (old);
  delete from dead_letter where run_id = any (old);
  delete from run where run_id = any (old);
  return cardinality(old);
end $$;
