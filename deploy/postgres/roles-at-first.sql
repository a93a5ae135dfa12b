-- The roles as the first fleets were made with. Only the test of upgrades runs it.

\getenv ingest_password CI_HEALING_DATABASE_PASSWORD_INGEST
\getenv planner_password CI_HEALING_DATABASE_PASSWORD_PLANNER
\getenv memory_password CI_HEALING_DATABASE_PASSWORD_MEMORY
\getenv api_password CI_HEALING_DATABASE_PASSWORD_API

create role ingest login password :'ingest_password';
create role planner login password :'planner_password';
create role memory login password :'memory_password';
create role api login password :'api_password';

create extension if not exists vector;

revoke all on schema public from public;
grant usage on schema public to ingest, planner, memory, api;
grant create on schema public to planner, memory;

-- Who may do what with a table of another. Its maker owns it, apart from the ledger's past, which is nobody's to change.
create schema rights;
grant usage on schema rights to planner, memory;
create table rights.grant_on (table_name text not null, role_name text not null, privileges text not null, primary key (table_name, role_name));
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
  ('migration', 'planner', 'select, insert'),
  ('migration', 'memory', 'select, insert'),
  ('migration', 'ingest', 'select'),
  ('migration', 'api', 'select');

-- The services make their own tables when they first start, in any order: each gets its rights at that moment, from its owner.
create function rights.grant_on_new_table() returns event_trigger language plpgsql as $$
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
create event trigger grant_on_new_table on ddl_command_end when tag in ('CREATE TABLE') execute function rights.grant_on_new_table();
