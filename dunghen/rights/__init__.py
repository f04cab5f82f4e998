"""What each process may do in Kafka and in ClickHouse: no more than it needs.

In it: access control lists and grants, as text for administrators.
"""
