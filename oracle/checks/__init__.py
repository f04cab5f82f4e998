"""What is compared: the log, the stream and ClickHouse with the recount."""
