"""ClickHouse made anew from Kafka.

In it: the rebuild, and the last states of dossiers that have left the stream, which a refold needs,
too.
"""
