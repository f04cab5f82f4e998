"""``dunghen api``: REST, websocket feed and wall."""

from __future__ import annotations

from dunghen.serving.process import serve_api
from dunghen.settings.installation import Installation
from dunghen.terminal.logs import configure
from dunghen.terminal.options import PortOption, StateOption


def api(state: StateOption = None, port: PortOption = None) -> None:
    """Serve API, feed and wall; with the embedded engine, sink and notifier too (part of `up`)."""
    configure()
    serve_api(Installation.find(state, {"api.port": port}))
