-- Where a message was said that was put aside: when it is sent again, it is believed no more than it was there.
alter table dead_letter add column said_on text;

-- Both ingest and api add to the inbox, each what comes from its own sources. Where all services are one user, which owns the table, this
-- asks nothing of it.
alter table inbox enable row level security;
create policy inbox_read on inbox for select using (true);
create policy inbox_update on inbox for update using (true);
create policy inbox_delete on inbox for delete using (true);
create policy inbox_insert on inbox for insert with check (
  message_id like 'inbox:' || source || ':%' and case current_user
    when 'ingest' then source in ('webhook', 'github')
    when 'api' then source in ('review', 'resend')
    else true
  end);
