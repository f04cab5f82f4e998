"""``dunghen migrate``: bring ClickHouse's tables to this version."""

from __future__ import annotations

from dunghen.clickhouse import open_store
from dunghen.settings.installation import Installation
from dunghen.terminal.options import StateOption
from sinks.migrate import migrate as apply


def migrate(state: StateOption = None) -> None:
    """Apply the migrations that ClickHouse does not have yet.

    The embedded engine is migrated by every start; a running one is left alone.
    """
    installation = Installation.find(state)
    embedded = not installation.settings.clickhouse.url
    if embedded and installation.folder.lock.holder() is not None:
        print(
            f"A stack runs on {installation.folder.path}: its API process owns the embedded engine "
            "and has migrated it at its start. Nothing is to be done."
        )
        return
    if embedded:
        installation.folder.create()
    store = open_store(installation)
    try:
        applied = apply(store)
    finally:
        store.close()
    for migration in applied:
        print(f"applied {migration}")
    if not applied:
        print("The tables are up to date.")
