"""What the product runs on: processes, ports, and the embedded Kafka."""
