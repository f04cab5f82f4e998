"""What alerts of the past would have made of mails, under one policy and another.

In it: reading the past from ClickHouse, and comparing. What is sent to whom is decided in
``dossiers.alerting``.
"""
