"""How commands ask the REST API of a running stack."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dossiers.errors import UserError
from dunghen.api_client import rest


@contextmanager
def api_that_answers(*statuses: int) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the paths it was asked for; the last status is answered from then on."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = statuses[min(len(asked), len(statuses) - 1)]
            asked.append(self.path)
            body = b'{"dossier": 1}' if status == 200 else b"not yet"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the output of tests is for what failed."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_an_api_that_still_reads_its_figures_is_asked_again() -> None:
    with api_that_answers(503, 200) as (api, asked):
        assert rest.get(api, "/api/v1/dossiers/A-1", {"officer_ids": True}) == {"dossier": 1}
    assert asked == ["/api/v1/dossiers/A-1?officer_ids=true"] * 2


def test_an_api_that_stays_unready_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "READY_SECONDS", 0.0)
    with api_that_answers(503) as (api, _), pytest.raises(UserError, match="answers 503: not yet"):
        rest.get(api, "/api/v1/dossiers/A-1")


def test_what_a_command_knows_of_a_status_is_raised_at_once() -> None:
    known = UserError("There is no dossier.")
    with api_that_answers(404) as (api, asked), pytest.raises(UserError) as raised:
        rest.get(api, "/api/v1/dossiers/A-1", refused={404: known})
    assert raised.value is known
    assert len(asked) == 1
