"""No request goes over a connection that the server is about to close."""

from __future__ import annotations

from fastapi import FastAPI

from api.server import config_of
from dunghen.api_client.inner import KEPT_SECONDS


def test_commands_leave_a_connection_before_the_server_does() -> None:
    assert config_of(FastAPI(), 10).timeout_keep_alive > 2 * KEPT_SECONDS
