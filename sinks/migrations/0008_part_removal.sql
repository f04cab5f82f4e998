-- Parts that were merged are removed by one thread. From 100 at once on it would be a pool of 128, whose size the
-- embedded engine takes no setting for and which never ends: idle threads with three open handles each.
ALTER TABLE dossier_events ${ON_CLUSTER} MODIFY SETTING concurrent_part_removal_threshold = 1000000;
ALTER TABLE dossiers ${ON_CLUSTER} MODIFY SETTING concurrent_part_removal_threshold = 1000000;
ALTER TABLE tallies ${ON_CLUSTER} MODIFY SETTING concurrent_part_removal_threshold = 1000000;
ALTER TABLE alerts ${ON_CLUSTER} MODIFY SETTING concurrent_part_removal_threshold = 1000000;
ALTER TABLE dead_letters ${ON_CLUSTER} MODIFY SETTING concurrent_part_removal_threshold = 1000000;
ALTER TABLE deliveries ${ON_CLUSTER} MODIFY SETTING concurrent_part_removal_threshold = 1000000;
