"""The base of every error that a person can put right; each room derives its own from it."""

from __future__ import annotations


class UserError(Exception):
    """Ends a command with one sentence instead of a traceback.

    ``message`` says what is wrong and where; ``hint`` says what to do about it, "" if the message
    says it already. ``exit_code`` is the exit status of the command: 2, as for a usage error. A
    class derived from this one sets another for all its errors, and a caller for one of them.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "", *, exit_code: int | None = None) -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint
        if exit_code is not None:
            self.exit_code = exit_code
