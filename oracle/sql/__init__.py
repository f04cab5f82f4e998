"""The recount in SQL, over the raw events in ClickHouse."""
