-- The database of the fleet: one role per service that has a database, each with the least rights that its work needs.
-- Run by a superuser, with psql: once in an empty database, and again before each upgrade, which changes what differs and nothing else.
-- The passwords come from the environment.

\getenv ingest_password CI_HEALING_DATABASE_PASSWORD_INGEST
\getenv planner_password CI_HEALING_DATABASE_PASSWORD_PLANNER
\getenv memory_password CI_HEALING_DATABASE_PASSWORD_MEMORY
\getenv api_password CI_HEALING_DATABASE_PASSWORD_API

begin;

select format('create role %I login', name) from unnest(array['ingest', 'planner', 'memory', 'api']) as name
where not exists (select from pg_roles where rolname = name) \gexec
alter role ingest password :'ingest_password';
alter role planner password :'planner_password';
alter role memory password :'memory_password';
alter role api password :'api_password';

-- Nobody logs in as the keeper. Planner's function that forgets runs which ended long ago works with its rights, and has no others.
select 'create role keeper nologin' where not exists (select from pg_roles where rolname = 'keeper') \gexec

create extension if not exists vector;

revoke all on schema public from public;
grant usage on schema public to ingest, planner, memory, api, keeper;
grant create on schema public to planner, memory;

-- Who may do what with a table of another. Its maker owns it, apart from the ledger's past, which is nobody's to change.
create schema if not exists rights;
grant usage on schema rights to planner, memory;
create table if not exists rights.grant_on (table_name text not null, role_name text not null, privileges text not null, primary key (table_name, role_name));
grant select on rights.grant_on to planner, memory;
insert into rights.grant_on (table_name, role_name, privileges) values
  ('inbox', 'ingest', 'select, insert'),
  ('run', 'ingest', 'select'),
  ('inbox', 'api', 'select, insert'),
  ('run', 'api', 'select'),
  ('run_event', 'api', 'select'),
  ('command', 'api', 'select'),
  ('ledger', 'api', 'select'),
  ('dead_letter', 'api', 'select'),
  ('memory', 'api', 'select'),
  ('session', 'api', 'select, insert, update, delete'),
  ('run', 'keeper', 'select, update, delete'),
  ('run_event', 'keeper', 'select, delete'),
  ('command', 'keeper', 'select, delete'),
  ('inbox', 'keeper', 'select, delete'),
  ('dead_letter', 'keeper', 'select, delete'),
  ('migration', 'planner', 'select, insert'),
  ('migration', 'memory', 'select, insert'),
  ('migration', 'ingest', 'select'),
  ('migration', 'api', 'select')
on conflict (table_name, role_name) do update set privileges = excluded.privileges;

-- The services make their own tables when they first start, in any order: each gets its rights at that moment, from its owner.
create or replace function rights.grant_on_new_table() returns event_trigger language plpgsql as $$
declare
  made record;
  given record;
begin
  for made in
    select c.oid::regclass as name, c.relname from pg_event_trigger_ddl_commands() d join pg_class c on c.oid = d.objid
    where d.command_tag = 'CREATE TABLE' and d.schema_name = 'public' and pg_get_userbyid(c.relowner) = current_user
  loop
    for given in select * from rights.grant_on where table_name = made.relname and role_name <> current_user loop
      execute format('grant %s on %s to %I', given.privileges, made.name, given.role_name);
    end loop;
    if made.relname = 'run_event' then
      execute format('revoke update, delete, truncate on %s from %I', made.name, current_user);
    end if;
  end loop;
end $$;
drop event trigger if exists grant_on_new_table;
create event trigger grant_on_new_table on ddl_command_end when tag in ('CREATE TABLE') execute function rights.grant_on_new_table();

-- The only way out of the ledger: the function that planner makes for it, once, and may call but never change.
create or replace function rights.hand_to_keeper() returns event_trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  made record;
begin
  for made in
    select p.oid::regprocedure as name from pg_event_trigger_ddl_commands() d join pg_proc p on p.oid = d.objid
    where d.command_tag = 'CREATE FUNCTION' and d.schema_name = 'public' and p.proname = 'forget_ended_runs' and pg_get_userbyid(p.proowner) = 'planner'
      and not exists (select 1 from pg_proc q where q.proname = 'forget_ended_runs' and pg_get_userbyid(q.proowner) = 'keeper')
  loop
    execute format('alter function %s owner to keeper', made.name);
    execute format('revoke all on function %s from public', made.name);
    execute format('grant execute on function %s to planner', made.name);
  end loop;
end $$;
drop event trigger if exists hand_to_keeper;
create event trigger hand_to_keeper on ddl_command_end when tag in ('CREATE FUNCTION') execute function rights.hand_to_keeper();

-- Memory makes its tables beside those of the planner. Whatever else it could make there might be taken for the database's own by a
-- statement of the planner, and run with the planner's rights.
create or replace function rights.refuse_code() returns event_trigger language plpgsql as $$
begin
  if current_user = 'memory' then raise exception 'memory makes tables and indexes, and nothing that others might run'; end if;
end $$;
drop event trigger if exists refuse_code;
create event trigger refuse_code on ddl_command_start
  when tag in ('CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE AGGREGATE', 'CREATE OPERATOR', 'CREATE CAST', 'CREATE TYPE', 'CREATE DOMAIN')
  execute function rights.refuse_code();

-- In a database that has tables already: what the triggers would have done, and have done before.
do $$
declare
  given record;
  made regprocedure := to_regprocedure('public.forget_ended_runs(interval, int)');
begin
  for given in
    select c.oid::regclass as name, g.role_name, g.privileges from rights.grant_on g join pg_class c on c.relname = g.table_name
    where c.relnamespace = 'public'::regnamespace and pg_get_userbyid(c.relowner) <> g.role_name
  loop
    execute format('grant %s on %s to %I', given.privileges, given.name, given.role_name);
  end loop;
  if to_regclass('public.run_event') is not null then
    revoke update, delete, truncate on public.run_event from planner;
  end if;
  if made is not null then
    execute format('alter function %s owner to keeper', made);
    execute format('revoke all on function %s from public', made);
    execute format('grant execute on function %s to planner', made);
  end if;
  if exists (select from pg_proc where oid = to_regprocedure('public.forget_runs(interval, int)') and pg_get_userbyid(proowner) = 'keeper') then
    drop function public.forget_runs(interval, int);
  end if;
end $$;

commit;
