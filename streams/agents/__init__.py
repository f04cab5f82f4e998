"""The two Faust agents: partitions of this worker, their transactions and their queues."""
