-- Views for readers that need the newest row and not the batches behind it. Filters on the sort
-- key reach the table: a look-up by dossier reads a few granules.

CREATE OR REPLACE VIEW dossier_events_current ${ON_CLUSTER} AS
SELECT * FROM dossier_events FINAL;

CREATE OR REPLACE VIEW dossiers_current ${ON_CLUSTER} AS
SELECT * FROM dossiers FINAL;

CREATE OR REPLACE VIEW tallies_current ${ON_CLUSTER} AS
SELECT * FROM tallies FINAL;

-- The last transition of every alert.
CREATE OR REPLACE VIEW alerts_current ${ON_CLUSTER} AS
SELECT * FROM alerts FINAL ORDER BY alert_id, sequence DESC LIMIT 1 BY alert_id;
