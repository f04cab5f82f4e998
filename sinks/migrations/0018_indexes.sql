-- By what pages ask: of a unit's dossiers, which lie together because ids begin with the unit's code
-- and the day, only theirs are read; so are those that are open, or ended late in a window.
ALTER TABLE dossiers ${ON_CLUSTER}
    ADD INDEX IF NOT EXISTS by_scope scopes TYPE bloom_filter(0.01) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_standing standing TYPE set(12) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_end finished_at TYPE minmax GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_breach breached_at TYPE minmax GRANULARITY 1;
ALTER TABLE dossiers ${ON_CLUSTER} MATERIALIZE INDEX by_scope;
ALTER TABLE dossiers ${ON_CLUSTER} MATERIALIZE INDEX by_standing;
ALTER TABLE dossiers ${ON_CLUSTER} MATERIALIZE INDEX by_end;
ALTER TABLE dossiers ${ON_CLUSTER} MATERIALIZE INDEX by_breach;
