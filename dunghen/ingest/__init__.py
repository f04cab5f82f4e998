"""What others post or put into files becomes events.

In it: the way from a payload to Kafka (limits, admission of names, rules of ids, fair shares), for
the API and for ``dunghen ingest``. The formats themselves are ``sources.portal``'s.
"""
