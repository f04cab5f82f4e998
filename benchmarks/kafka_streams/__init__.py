"""Kafka Streams, to measure against: its jars by lock file, and our Job.java compiled by ecj."""
