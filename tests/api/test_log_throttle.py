"""A flood of wrong requests does not become a flood of lines in the log."""

from __future__ import annotations

import logging

from api.log_throttle import PAUSE, LogThrottle


def test_the_same_words_now_and_then_and_errors_always() -> None:
    now = 0.0
    throttle = LogThrottle(lambda: now)
    written: list[str] = []

    def say(text: str, level: int = logging.WARNING) -> None:
        record = logging.LogRecord("uvicorn.error", level, __file__, 1, text, (), None)
        if throttle.filter(record):
            written.append(record.getMessage())

    for _ in range(1_000):
        say("Invalid HTTP request received.")
    say("another")
    now = PAUSE
    say("Invalid HTTP request received.")
    say("a fault", logging.ERROR)
    say("a fault", logging.ERROR)
    assert written == [
        "Invalid HTTP request received.",
        "another",
        "Invalid HTTP request received. (999 more like it since the last one)",
        "a fault",
        "a fault",
    ]
