"""The records of every topic, described for others.

In it: JSON Schema and AsyncAPI, generated from the types in ``dossiers.wire``.
"""
