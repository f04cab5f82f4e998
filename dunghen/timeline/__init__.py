"""A timeline: its topics, its record, its hash key, and its reference data in Kafka.

In it: whatever makes or reads topics ``reference`` and ``tallies`` for commands, and refuses a
timeline that is not the one asked for.
"""
