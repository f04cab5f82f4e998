"""How a stack is doing.

In it: gathering that from Kafka, ClickHouse, the API and the workers.
"""
