-- Which ledger this is: an open page whose server comes back with another one, of whatever length, notices.
alter table ledger add column id uuid not null default gen_random_uuid();
