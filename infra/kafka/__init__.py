"""The embedded Kafka: jars, Java, settings, start and stop."""
