"""Backups of an embedded stack: Kafka's log, ClickHouse's tables and the spool, as one cut."""
