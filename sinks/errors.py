"""What can go wrong in this room, each with a sentence that says what to do."""

from __future__ import annotations

from dossiers.errors import UserError


class SinkError(UserError):
    """Base of every error of this room."""


class StoreError(SinkError):
    """ClickHouse refused a statement. ``code``: its error number, None if it sent none."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class StoreLocked(StoreError):
    """Another process owns the embedded engine's folder."""


class StoreUnavailable(StoreError):
    """The server cannot be reached, or the embedded engine's folder cannot be used."""


class MigrationError(SinkError):
    """The database's schema and this release's migration files do not fit together."""


class TimelineMismatch(SinkError):
    """The database already holds another timeline."""
