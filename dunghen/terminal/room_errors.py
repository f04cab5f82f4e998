"""Which errors of the rooms are the user's to put right: they reach the terminal as sentences."""

from __future__ import annotations

import errno

from dunghen.terminal.errors import UserError

# By name, so that a command that fails early has not imported every room.
_SENTENCES = frozenset(
    {
        "broker.errors.BrokerError",
        "infra.kafka.errors.EmbeddedKafkaError",
        "sinks.errors.SinkError",
        "sources.publisher.PublishError",
        "sources.spool.SpoolError",
        "sources.ticker.ClockJump",
        "sources.ticks.NoBroker",
        "sources.mapping.MappingError",
        "sources.simulator.settings.SettingsError",
        "sources.importer.rows.LogError",
    }
)
# Said in a sentence too, but not the user's to put right.
_FAILURES = frozenset({"streams.errors.WorkerError"})
_DISK = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "The disk quota is used up",
    errno.EACCES: "This user may not write or read there",
    errno.EPERM: "This user may not write or read there",
    errno.EROFS: "The file system is read-only",
}


def as_user_error(error: BaseException) -> UserError | None:
    """The same as a UserError; None for a defect of ours, which deserves its traceback."""
    if isinstance(error, UserError):
        return error
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if names & _SENTENCES:
        return UserError(str(error))
    if names & _FAILURES:
        return UserError(str(error), code=1)
    if isinstance(error, OSError) and error.errno in _DISK:
        place = f" ({error.filename})" if error.filename else ""
        return UserError(
            f"{_DISK[error.errno]}{place}.", "Make room or give the right, and start again."
        )
    return None
