-- Finds what a repository has beyond what is kept of it without reading the memories themselves; the plain column as in 0002.
create index memory_age on memory (lower(repository), updated_at desc, memory_id) include (repository, outcome);
