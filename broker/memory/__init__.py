"""A Kafka in this process's memory: for tests, and for code that needs no broker to be tried.

It passes the same tests as a real one (tests/broker/test_conformance.py). What it leaves out:
retention, compaction, and time-outs of sessions and transactions. Who closes has left the group.
"""
