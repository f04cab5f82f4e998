-- By what pages ask: of a unit's dossiers, which lie together because ids begin with the unit's code
-- and the day, only theirs are read; so are those that are open, or ended late in a window. Parts
-- from before have none until they are merged: to make them at once is a mutation, whose files no
-- backup takes.
ALTER TABLE dossiers ${ON_CLUSTER}
    ADD INDEX IF NOT EXISTS by_scope scopes TYPE bloom_filter(0.01) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_standing standing TYPE set(12) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_end finished_at TYPE minmax GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_breach breached_at TYPE minmax GRANULARITY 1;
