"""Who may come in, and who looked.

In it: settings and secret files as the configuration of ``api.access``, the file of keys, and the
audit trail in Kafka. It opens no door itself: that is the API's.
"""
