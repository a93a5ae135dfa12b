-- Counts what can be compared without reading the memories themselves; the plain column is there because an index-only scan asks for it.
create index memory_comparable on memory (embedding_model, lower(repository), outcome) include (repository);
drop index memory_repository;
