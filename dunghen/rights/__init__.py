"""What each process may do in Kafka and in ClickHouse: no more than it needs."""
