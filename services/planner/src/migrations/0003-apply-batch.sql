-- One transaction of the planner as one statement each way: a batch is read without locks, decided, and written only if nothing that it
-- was decided upon has changed meanwhile.
--
-- All of this looks up a few rows by their keys. The functions say so: a plan that was made when the tables were small would go on to
-- read them from end to end.

-- What decisions need to know about other runs: per repository (lower-cased) how many are worked on and how many pull requests are
-- open, and the runs of the last day that have one of these signatures.
create function batch_facts(repositories text[], signatures text[]) returns jsonb language plpgsql stable
  set enable_seqscan = off as $$
begin return jsonb_build_object(
  'counts', (
    select coalesce(jsonb_agg(c order by c.repository), '[]') from (
      select repository, count(*) filter (where phase not in ('queued', 'awaiting-approval', 'fixed')) as active,
             count(*) filter (where phase = 'queued') as queued, count(*) filter (where phase in ('fixed', 'delivering')) as "openPullRequests"
      from (select lower(repository) as repository, phase from run where lower(repository) = any (repositories) and stopped_at is null union all
            select lower(repository), phase from run where lower(repository) = any (repositories) and deadline_kind = 'pull-request' and phase = 'fixed') r
      group by 1) c),
  'relatives', (
    select coalesce(jsonb_agg(s order by s."runId"), '[]') from (
      select run_id as "runId", lower(repository) as repository, branch, commit_sha as "commitSha", signature, stopped_at is null or phase = 'fixed' as open
      from run where signature = any (signatures) and lower(repository) = any (repositories)
        and created_at > now() - interval '1 day' and status <> 'skipped') s));
end $$;

-- Everything that deciding about a batch needs, as it stands now. Nothing is locked: `apply_batch` checks that it still stands.
create function read_batch(asked jsonb)
  returns table (fresh json, runs json, commands json, repositories text[], facts jsonb) language plpgsql stable
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  ids text[] := array(select value from jsonb_array_elements_text(asked -> 'ids'));
  run_ids text[] := array(select value from jsonb_array_elements_text(asked -> 'runs'));
  command_ids text[] := array(select value from jsonb_array_elements_text(asked -> 'commands'));
  counted text[] := array(select value from jsonb_array_elements_text(asked -> 'counted'));
begin
  fresh := (select coalesce(json_agg(id), '[]') from unnest(ids) as id where not exists (select from applied where message_id = id));
  runs := (select coalesce(json_agg(json_build_object('runId', run_id, 'seq', seq, 'state', state)), '[]') from run where run_id = any (run_ids));
  commands := '[]';
  if cardinality(command_ids) > 0 then
    commands := (
      select coalesce(json_agg(json_build_object('commandId', command_id, 'runId', run_id, 'type', type, 'dispatch', dispatch, 'tries', tries,
        'open', closed_at is null, 'maxUsd', max_usd, 'holder', holder)), '[]') from command where command_id = any (command_ids));
  end if;
  repositories := array(select value from jsonb_array_elements_text(asked -> 'repositories'));
  facts := '{"counts": [], "relatives": []}';
  if cardinality(counted) > 0 then
    repositories := array(select unnest(repositories) union select lower(repository) from run where run_id = any (counted) order by 1);
    facts := batch_facts(repositories, array(select value from jsonb_array_elements_text(asked -> 'signatures')));
  end if;
  return next;
end $$;

-- Writes what was decided about a batch, or fails with 40001 when what was expected does not hold any more, and then nothing was written.
-- Locks are taken in one order by everyone: message ids, repositories, runs, commands, and the ledger last.
create function apply_batch(expected jsonb, plan jsonb)
  returns table (entry_run text, entry_seq int, entry_position float8, entry_at timestamptz) language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  ids text[] := array(select value from jsonb_array_elements_text(expected -> 'ids') order by value);
  repositories text[] := array(select value from jsonb_array_elements_text(expected -> 'repositories') order by value);
  signatures text[] := array(select value from jsonb_array_elements_text(expected -> 'signatures'));
  count int;
begin
  if cardinality(ids) > 0 then
    insert into applied (message_id) select unnest(ids) on conflict do nothing;
    get diagnostics count = row_count;
    if count <> cardinality(ids) then
      raise serialization_failure using message = 'a message of the batch was applied by another';
    end if;
  end if;

  perform pg_advisory_xact_lock(hashtextextended(repository, 7)) from unnest(repositories) as repository;

  perform from run where run_id = any (array(select x.run_id from jsonb_to_recordset(expected -> 'runs') as x (run_id text))) order by run_id for update;
  if exists (select from jsonb_to_recordset(expected -> 'runs') as x (run_id text, seq int) left join run r using (run_id) where coalesce(r.seq, 0) <> x.seq) then
    raise serialization_failure using message = 'a run of the batch has gone on';
  end if;

  if jsonb_array_length(expected -> 'commands') > 0 then
    perform from command where command_id = any (array(select x.command_id from jsonb_to_recordset(expected -> 'commands') as x (command_id text)))
    order by command_id for update;
    if exists (
      select from jsonb_to_recordset(expected -> 'commands') as x (command_id text, dispatch int, tries int, open boolean) left join command c using (command_id)
      where (c.dispatch, c.tries, c.closed_at is null) is distinct from (x.dispatch, x.tries, x.open)) then
      raise serialization_failure using message = 'a command of the batch has gone on';
    end if;
  end if;

  if cardinality(repositories) > 0 and batch_facts(repositories, signatures) <> expected -> 'facts' then
    raise serialization_failure using message = 'a repository of the batch has gone on';
  end if;

  if jsonb_array_length(plan -> 'runs') > 0 then
    insert into run (run_id, repository, branch, commit_sha, title, status, phase, signature, attempt, max_attempts, strategy, pull_request_url, cost_usd, state, seq, stopped_at, deadline_kind, deadline_at)
    select x.run_id, x.repository, x.branch, x.commit_sha, x.title, x.status, x.phase, x.signature, x.attempt, x.max_attempts, x.strategy, x.pull_request_url, x.cost_usd, x.state, x.seq,
           case when x.stopped then now() end, x.deadline_kind, now() + x.deadline_ms * interval '1 ms'
    from jsonb_to_recordset(plan -> 'runs') as x (run_id text, repository text, branch text, commit_sha text, title text, status text, phase text, signature text, attempt int,
      max_attempts int, strategy text, pull_request_url text, cost_usd float8, state jsonb, seq int, stopped boolean, deadline_kind text, deadline_ms float8)
    on conflict (run_id) do update set status = excluded.status, phase = excluded.phase, signature = excluded.signature, attempt = excluded.attempt, strategy = excluded.strategy,
      pull_request_url = excluded.pull_request_url, cost_usd = excluded.cost_usd, state = excluded.state, seq = excluded.seq, updated_at = now(),
      stopped_at = case when excluded.stopped_at is null then null else coalesce(run.stopped_at, excluded.stopped_at) end,
      deadline_at = case when excluded.deadline_kind is not distinct from run.deadline_kind then run.deadline_at else excluded.deadline_at end,
      deadline_kind = excluded.deadline_kind;
  end if;

  if jsonb_array_length(plan -> 'changes') > 0 then
    update command c set
      closed_at = case when x.closed then now() else c.closed_at end,
      outcome = case when x.closed then x.outcome else c.outcome end,
      reserved_usd = greatest(0, c.reserved_usd - x.settled_usd),
      tries = x.tries,
      not_before = case when x.dispatch > c.dispatch then now() + x.delay_ms * interval '1 ms' else c.not_before end,
      deadline_at = c.deadline_at + x.extend_ms * interval '1 ms',
      sent_at = case when x.dispatch > c.dispatch then null else c.sent_at end,
      stream_seq = case when x.dispatch > c.dispatch then null else c.stream_seq end,
      holder = case when x.closed or x.dispatch > c.dispatch then null else c.holder end,
      lease_until = case when x.closed or x.dispatch > c.dispatch then null else c.lease_until end, dispatch = x.dispatch
    from jsonb_to_recordset(plan -> 'changes')
      as x (command_id text, closed boolean, outcome text, settled_usd float8, dispatch int, tries int, delay_ms float8, extend_ms float8)
    where c.command_id = x.command_id;
  end if;

  -- A command that somebody locks right now is left to the sweep: waiting for it here could be waiting in a circle.
  if jsonb_array_length(plan -> 'over') > 0 then
    update command set closed_at = now(), outcome = 'the run ended'
    where command_id in (
      select o.command_id from command o where o.run_id = any (array(select value from jsonb_array_elements_text(plan -> 'over'))) and o.closed_at is null
        and o.type not in (select value from jsonb_array_elements_text(plan -> 'survivesStop')) order by o.command_id for update skip locked);
  end if;

  if jsonb_array_length(plan -> 'commands') > 0 then
    insert into command (command_id, run_id, type, data, attempt, traceparent, not_before, deadline_at, max_usd)
    select x.command_id, x.run_id, x.type, x.data, x.attempt, x.traceparent, now() + x.delay_ms * interval '1 ms', now() + x.deadline_ms * interval '1 ms', x.max_usd
    from jsonb_to_recordset(plan -> 'commands')
      as x (command_id text, run_id text, type text, data jsonb, attempt int, traceparent text, delay_ms float8, deadline_ms float8, max_usd float8)
    on conflict do nothing;
  end if;

  if jsonb_array_length(plan -> 'outcomes') > 0 then
    update inbox i set applied_at = now(), outcome = x.outcome
    from jsonb_to_recordset(plan -> 'outcomes') as x (message_id text, outcome jsonb) where i.message_id = x.message_id;
  end if;

  -- Last of all: the row lock on `ledger`, held until the commit, makes position order commit order.
  count := jsonb_array_length(plan -> 'entries');
  if count > 0 then
    return query
    with taken as (update ledger set position = position + count returning position)
    insert into run_event (run_id, seq, position, type, caused_by, traceparent, data)
    select x.run_id, x.seq, taken.position - count + x.ord, x.type, x.caused_by, x.traceparent, x.data
    from jsonb_to_recordset(plan -> 'entries') as x (ord int, run_id text, seq int, type text, caused_by text, traceparent text, data jsonb), taken
    returning run_event.run_id, run_event.seq, run_event.position::float8, run_event.at;
  end if;
end $$;

-- Gives leases, all asked for in one commit: to whoever has one and renews it, or to the first who asks when nobody has it any more, as
-- long as tries and money are left. The first `go` of a holder counts the try and reserves what it may cost.
create function grant_leases(requests jsonb, lease_ms int, most_tries int, most_usd float8)
  returns setof text language plpgsql
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
return query
with asked as (select * from jsonb_to_recordset(requests) as x (command_id text, dispatch int, holder text)),
locked as (select c.command_id from command c join asked using (command_id) order by c.command_id for update of c)
update command c set
  holder = x.holder,
  lease_until = now() + lease_ms * interval '1 ms',
  tries = c.tries + case when c.holder is distinct from x.holder then 1 else 0 end,
  reserved_usd = c.reserved_usd + case when c.holder is distinct from x.holder then c.max_usd else 0 end
from asked x, locked
where c.command_id = x.command_id and locked.command_id = c.command_id and c.closed_at is null and c.dispatch = x.dispatch
  and (c.holder = x.holder or ((c.holder is null or c.lease_until < now()) and c.tries < most_tries
    and (c.max_usd = 0 or c.max_usd + (select r.cost_usd + coalesce(sum(o.reserved_usd), 0) from run r left join command o on o.run_id = r.run_id where r.run_id = c.run_id group by r.cost_usd) <= most_usd)))
returning c.command_id;
end $$;

-- Notes which commands the broker has, and where. A row that somebody holds is being answered or leased, and needs no note.
create function mark_sent(marks jsonb) returns void language plpgsql
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
with x as (select * from jsonb_to_recordset(marks) as y (id text, dispatch int, sequence float8)),
locked as (
  select c.command_id from command c join x on c.command_id = x.id where c.sent_at is null and c.closed_at is null
  order by c.command_id for update of c skip locked)
update command c set sent_at = now(), checked_at = now(), stream_seq = x.sequence from x, locked
where c.command_id = x.id and locked.command_id = c.command_id and c.dispatch = x.dispatch and c.sent_at is null and c.closed_at is null;
end $$;
