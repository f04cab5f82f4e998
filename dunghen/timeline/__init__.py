"""A timeline: its topics, its record, its hash key, and its reference data in Kafka.

In it: whatever makes topics, or reads ``reference``, ``tallies``, positions of partitions and
workers for commands, and refuses a timeline that is not the one asked for.
"""
