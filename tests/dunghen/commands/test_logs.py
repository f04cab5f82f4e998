"""A complaint that comes twenty times a second does not push everything else out of the log."""

from __future__ import annotations

import logging

import pytest

from dunghen.terminal.logs import _KEPT, Repeats


class Log:
    """What a handler with the filter would write."""

    def __init__(self) -> None:
        self.now = 100.0
        self.filter = Repeats(lambda: self.now)
        self.lines: list[str] = []

    def __call__(self, text: str, *values: object, level: int = logging.WARNING) -> None:
        record = logging.LogRecord("kafka", level, "f", 1, text, values, None)
        if self.filter.filter(record):
            self.lines.append(record.getMessage())


@pytest.fixture
def log() -> Log:
    return Log()


def test_repeats_are_counted_and_told_later(log: Log) -> None:
    for number in range(600):
        log("%s refused after %d ms", "h:1", number)
        log.now += 0.05
    assert log.lines == ["h:1 refused after 0 ms"]
    log.now += 1
    log("h:1 refused after 9 ms")
    assert log.lines[1:] == ["h:1 refused after 9 ms (599 more like this in 31 s)"]


def test_other_words_and_news_are_written(log: Log) -> None:
    log("away")
    log("another")
    log("insert %s works again", "a", level=logging.INFO)
    log("insert %s works again", "a", level=logging.INFO)
    assert log.lines == ["away", "another", *["insert a works again"] * 2]


def test_what_is_remembered_is_bounded(log: Log) -> None:
    for number in range(_KEPT + 50):
        log("x" * number)
    assert len(log.filter._seen) == _KEPT
