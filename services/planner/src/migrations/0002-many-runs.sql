-- What the sweep and the counts look for, found without reading the past. Nothing here changes at every step of a run: an index on
-- something that does would keep each of its changes out of the room that its page has.
update run set deadline_kind = 'pull-request' where phase = 'fixed';
create index run_pull_request on run (lower(repository)) where deadline_kind = 'pull-request';
create index run_same on run (signature, created_at);
drop index run_signature;
