"""An error that nobody foresaw: a sentence for the user, the traceback for who repairs it."""

from __future__ import annotations

import logging
import tempfile
import traceback

from dunghen.terminal.console import error_line
from dunghen.terminal.masking import scrub

STATUS = 1


def report(error: Exception) -> int:
    """Say that it is our mistake; the exit status.

    A process that logs has its traceback there, any other in a file that the sentence names.
    """
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    logging_process = logging.getLogger().hasHandlers()
    where = "its log" if logging_process else _written(error)
    if logging_process:
        logging.getLogger("dunghen").critical("unexpected error", exc_info=error)
    error_line(
        f"Đúng Hẹn met an error that it did not expect ({what}). This is a defect of the program, "
        f"not of your input; please report it with {where}."
    )
    return STATUS


def _written(error: Exception) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="dunghen-error-", suffix=".txt", encoding="utf-8", delete=False
        ) as file:
            file.write(scrub("".join(traceback.format_exception(error))))
    except OSError:
        return "what you did before"
    return file.name
