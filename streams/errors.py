"""Errors of a worker; each is a sentence for its operator."""

from __future__ import annotations

from dossiers.errors import UserError


class WorkerError(UserError):
    """The worker had to stop, by no fault of the user; its supervisor may start it again."""

    exit_code = 1


class TransactionError(WorkerError):
    """Effects of a partition cannot be made durable."""
