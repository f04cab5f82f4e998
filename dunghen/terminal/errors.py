"""The one exception a user may cause: it reaches the terminal as a sentence, never a traceback."""

from __future__ import annotations

from dunghen.terminal.masking import scrub

INTERRUPTED = 130  # the exit status that shells know: 128 + SIGINT


class UserError(Exception):
    """Something the user can put right.

    ``message`` says what is wrong and where; ``hint`` says what to do about it. ``code`` is the
    exit status of the command: 2, like click's own usage errors, unless a command says otherwise.
    """

    def __init__(self, message: str, hint: str = "", *, code: int = 2) -> None:
        message, hint = scrub(message), scrub(hint)
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint
        self.code = code


class BrokerAway(UserError):
    """Kafka does not answer, or did not take a record."""
