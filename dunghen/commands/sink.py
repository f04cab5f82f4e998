"""``dunghen sink``: topics into ClickHouse, and alerts to people."""

from __future__ import annotations

from dossiers.errors import UserError
from dunghen.serving.process import serve_sink
from dunghen.settings.installation import Installation
from dunghen.terminal.logs import configure
from dunghen.terminal.options import StateOption


def sink(state: StateOption = None) -> None:
    """Write all topics to a ClickHouse server and deliver alerts.

    With the embedded engine the API's process does this.
    """
    installation = Installation.find(state)
    if not installation.settings.clickhouse.url:
        raise UserError(
            "The embedded ClickHouse engine belongs to the API's process, which writes to it too.",
            "Run `dunghen api`, or set clickhouse.url to a server.",
        )
    configure()
    serve_sink(installation)
