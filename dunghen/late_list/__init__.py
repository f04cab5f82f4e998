"""``dunghen late-list``: the month's list as data, in JSON, CSV and XLSX.

All formats are made from one canonical JSON; its SHA-256 stands on each.
"""
