"""From Kafka records to Arrow columns, one topic a file."""
