-- Pull requests that could not be closed, for the sweep that tries again: found without reading the commands of the past.
create index command_not_undone on command (closed_at) where type = 'github.close-pull-request' and outcome in ('gave-up', 'failed-for-good');
