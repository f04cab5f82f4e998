"""ClickHouse for commands, wherever it is.

A server is asked directly. The embedded engine belongs to one process, the API's: while the stack
runs it is asked through that process (``dunghen.serving.inner_routes``), else opened here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from dossiers.errors import UserError
from dunghen.settings.installation import Installation

QUERY_SECONDS = 300.0
Rows = list[dict[str, Any]]


class ClickHouse(Protocol):
    """The part of ``sinks.store.Store`` that both ways offer; times are aware datetimes."""

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Rows:
        """Result of one SELECT; bind values as ``{name:Type}``."""
        ...

    def close(self) -> None:
        """Free what it holds."""
        ...


class RemoteClickHouse:
    """Through the API process that owns the embedded engine."""

    def __init__(self, api: str, token: str) -> None:
        import httpx

        self._errors = httpx.HTTPError
        self._http = httpx.Client(
            base_url=api,
            headers={"authorization": f"Bearer {token}"},
            timeout=QUERY_SECONDS,
            trust_env=False,  # it is this machine: no proxy stands between
        )

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Rows:
        body = {"sql": sql, "parameters": dict(parameters or {}), "settings": dict(settings or {})}
        found: Rows = self.call("query", body)
        return found

    def call(self, name: str, body: object) -> Any:
        """One inner route; raises UserError if the API does not answer or refuses."""
        try:
            answer = self._http.post(f"/internal/{name}", content=msgspec.msgpack.encode(body))
        except self._errors as error:
            raise UserError(
                f"The API of the running stack does not answer ({type(error).__name__}).",
                "Look at `dunghen status` and at its log, logs/api.log in the state folder.",
            ) from error
        if answer.status_code != 200:
            raise UserError(f"The API of the running stack refuses: {answer.text[:500]}")
        return msgspec.msgpack.decode(answer.content)

    def close(self) -> None:
        self._http.close()


def connect(installation: Installation) -> ClickHouse:
    """The ClickHouse of an installation. Raises UserError if there is none to reach."""
    from dunghen.wiring import open_store

    if installation.settings.clickhouse.url:
        return open_store(installation)
    running = installation.folder.endpoints()
    if running is not None and running.api:
        return RemoteClickHouse(running.api, running.token)
    return open_store(installation)
