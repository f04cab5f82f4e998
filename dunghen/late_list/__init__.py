"""The month's late list as data: JSON, CSV and XLSX.

In it: the canonical JSON document, whose SHA-256 stands on each format, and what makes it from
ClickHouse. Who counts as late is decided in ``dossiers.reports``.
"""
