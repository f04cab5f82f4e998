"""What an earlier replay has told is not told again: rows by the file's content, and refusals."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dunghen.dead_letters.topic import ListedLetter
from dunghen.replay import earlier_letters
from sources.importer.log import import_log
from sources.publisher import dead_letter_key, row_letter_key
from streams.partition.dead_letters import dead_letter
from streams.partition.intake import Refusal
from tests.sources.logs import NOW, mapping, row, write_csv


class Kafka:
    """Stands in for topic dead-letters."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.keys: list[bytes | None] = [None]
        self.entries: list[ListedLetter] = []
        monkeypatch.setattr(
            earlier_letters,
            "read_all",
            lambda *_, **__: (SimpleNamespace(key=lambda k=k: k) for k in self.keys),
        )
        monkeypatch.setattr(earlier_letters, "read_dead_letters", lambda *_, **__: self.entries)


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    return Kafka(monkeypatch)


CONTEXT: Any = SimpleNamespace(kafka=None)


def test_a_row_is_told_once_whatever_its_file_is_called(tmp_path: Path, kafka: Kafka) -> None:
    rows = [row(time="?"), row(), row(time="?")]
    first = write_csv(tmp_path / "a: b.csv", rows)
    copy = tmp_path / "copy.csv"
    copy.write_bytes(first.read_bytes())
    other = write_csv(tmp_path / "other.csv", [*rows, row("B")])
    with import_log(first, mapping(), tmp_path / "w", now=NOW) as log:
        letters = list(log.dead_letters())
        fresh = earlier_letters.EarlierLetters(CONTEXT, log)
        kafka.keys += [fresh.key_of_new(letter) for letter in letters]
        assert len(set(kafka.keys)) == 3  # None, and two rows that are equal but two
        again = earlier_letters.EarlierLetters(CONTEXT, log)
        assert [again.key_of_new(letter) for letter in letters] == [None, None]
    for path, new in ((copy, False), (other, True)):
        with import_log(path, mapping(), tmp_path / "w", now=NOW) as log:
            seen = earlier_letters.EarlierLetters(CONTEXT, log)
            found = [seen.key_of_new(letter) is not None for letter in log.dead_letters()]
            assert found == [new, new]


def test_what_earlier_versions_told_is_known(tmp_path: Path, kafka: Kafka) -> None:
    path = write_csv(tmp_path / "log.csv", [row(time="?")])
    with import_log(path, mapping(), tmp_path / "w", now=NOW) as log:
        (letter,) = log.dead_letters()
        assert dead_letter_key(letter) != row_letter_key(letter, log.name, log.fingerprint)
        kafka.keys.append(dead_letter_key(letter))
        assert earlier_letters.EarlierLetters(CONTEXT, log).key_of_new(letter) is None


def test_an_event_that_the_stream_refused_is_known_by_its_dead_letter(
    tmp_path: Path, kafka: Kafka
) -> None:
    rows = [row(activity="x" * 900), row(activity="Ký" * 300, time="2020-01-02"), row("B")]
    with import_log(write_csv(tmp_path / "l.csv", rows), mapping(), tmp_path / "w", now=NOW) as log:
        values = [value for _, _, value in log.records()]
        refusal = Refusal("too_many_facts", "no room")
        for offset, value in enumerate([*values[::2], *values[::2]]):
            letter = dead_letter(refusal, ("line", 0, offset, NOW), b"A", value)
            kafka.entries.append(ListedLetter(offset, "", letter))
        assert len(earlier_letters.refusals(CONTEXT)) == len(
            values[::2]
        )  # sent twice, counted once
        seen = earlier_letters.EarlierLetters(CONTEXT, log)
        assert [seen.refused(value) for value in values] == [n % 2 == 0 for n in range(len(values))]
