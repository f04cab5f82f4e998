"""The log of a timeline of an older format, folded into a new one.

In it: the working folder, what is done in Kafka, and the steps of a refold in their order.
"""
