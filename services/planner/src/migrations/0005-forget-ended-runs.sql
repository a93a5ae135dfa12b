-- Takes the place of `forget_runs`, which found names where others may make some, and could remove what arrived while it worked. Here
-- nothing is looked up but in the database's own catalog and by its full name, as the function works with more rights than its caller.
--
-- Forgets at most so many runs, with everything that belongs to them. One that is still of interest stays however old it is: its pull
-- request is open, a command of it is, or something that arrived for it was not applied yet. What arrives later than that look stays too.
create function forget_ended_runs(older_than interval, most int) returns int language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  old text[];
begin
  if older_than < interval '14 days' then raise exception 'runs are kept for at least 14 days'; end if;
  select coalesce(array_agg(run_id), '{}') into old from (
    select run_id from public.run r
    where stopped_at < now() - older_than and updated_at < now() - older_than and deadline_kind is distinct from 'pull-request'
      and not exists (select 1 from public.command c where c.run_id = r.run_id and c.closed_at is null)
      and not exists (select 1 from public.inbox i where i.run_id = r.run_id and i.applied_at is null)
    order by stopped_at limit most for update skip locked) ended;
  perform set_config('ci_fix_pilot.forgetting', 'whole runs', true);
  delete from public.run_event where run_id = any (old);
  perform set_config('ci_fix_pilot.forgetting', '', true);
  delete from public.command where run_id = any (old);
  delete from public.inbox where run_id = any (old) and applied_at is not null;
  delete from public.dead_letter where run_id = any (old);
  delete from public.run where run_id = any (old);
  return cardinality(old);
end $$;

-- Where it was handed to the keeper, roles.sql removes it. A planner of the version before says once a minute that it cannot forget.
do $$ begin
  if exists (select from pg_proc where oid = to_regprocedure('public.forget_runs(interval, int)') and proowner = current_user::regrole) then
    drop function public.forget_runs(interval, int);
  end if;
end $$;
