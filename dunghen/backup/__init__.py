"""Backups of an embedded stack: Kafka's log, ClickHouse's tables and the spool, as one cut.

In it: making and restoring them, and everything that judges a backup that somebody else may have
written.
"""
