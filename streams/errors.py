"""Errors of a worker; each is a sentence for whoever runs it."""

from __future__ import annotations


class WorkerError(Exception):
    """The worker had to stop; its supervisor may start it again."""


class TransactionError(WorkerError):
    """Effects of a partition cannot be made durable."""
