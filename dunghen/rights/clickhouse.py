"""Least rights on a ClickHouse server, as SQL for its administrator."""

from __future__ import annotations

_ROLES = {
    "sink": "SELECT, INSERT, OPTIMIZE",
    "api": "SELECT",
    "operator": (
        "SELECT, INSERT, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP VIEW, ALTER TABLE, "
        "ALTER VIEW"
    ),
}
"""``operator`` runs `dunghen migrate`; the others find their tables there."""


def grants(database: str, user_prefix: str) -> list[str]:
    """Statements that make a role for each process and give it what it needs in ``database``."""
    quoted = "`" + database.replace("\\", "\\\\").replace("`", "\\`") + "`"
    lines = []
    for process, rights in _ROLES.items():
        role = "`" + f"{user_prefix}{process}".replace("\\", "\\\\").replace("`", "\\`") + "`"
        lines.append(f"CREATE ROLE IF NOT EXISTS {role};")
        lines.append(f"GRANT {rights} ON {quoted}.* TO {role};")
    return lines
