"""ClickHouse made anew from Kafka."""
